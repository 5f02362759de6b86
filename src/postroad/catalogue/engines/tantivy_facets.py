"""What narrows a query, and how many records each further value would leave.

A facet does not narrow its own values. Those of place (library, network, miles) and "can be lent
now" are about one and the same copy: it must be at a library that passes all of them. So is a
scope, which is no facet: what libraries outside it have is not counted at all.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tantivy import FieldType, Occur, Schema
from tantivy import Query as Clause

from postroad.catalogue.engines.tantivy import ANYWHERE
from postroad.catalogue.query import LENDABLE, NEAR, SCOPE, WHERE, Members, Query

ALL_VALUES = 100_000  # of a facet in each segment: with fewer, the counts would be wrong
OF_RECORDS = ("format", "language", "collection")  # whoever has it
Counts = dict[str, dict[str, int]]


class Narrowing:
    """The filters of one query, by the facet that they belong to."""

    def __init__(self, schema: Schema, reader: Any, query: Query, members: Members) -> None:
        self.schema, self.reader, self.query, self.members = schema, reader, query, members
        self.places = places_of(query, members)
        self.filters = self.of_records()

    def of_records(self) -> dict[str, Clause]:
        """Without those of place. Years are one facet."""
        made = {
            name: self.any_of(name, values)
            for name, values in self.query.chosen().items()
            if name not in WHERE
        }
        if self.query.span:
            span = self.query.span
            years = Clause.range_query(self.schema, "newest", FieldType.Unsigned, *span)
            decades = made.get("decade", Clause.all_query())
            made["decade"] = both(years, decades)
        return {name: Clause.const_score_query(clause, 0.0) for name, clause in made.items()}

    def any_of(self, name: str, values: Iterable[str]) -> Clause:
        return Clause.term_set_query(self.schema, name, sorted(values))

    def of(self, wanted: Clause, without: str = "") -> Clause:
        """Only records that pass each filter, or all but this one."""
        filters = [clause for name, clause in self.filters.items() if name != without]
        lendable = self.query.lendable and without != LENDABLE
        if (place := self.place(self.allowed(without), lendable=lendable)) is not None:
            filters.append(place)
        if not filters:
            return wanted
        return Clause.boolean_query(
            [(Occur.Must, wanted), *((Occur.Must, each) for each in filters)]
        )

    def allowed(self, without: str = "") -> frozenset[str] | None:
        """The libraries of which one must have it; None: any."""
        chosen = [codes for name, codes in self.places.items() if name != without]
        return frozenset.intersection(*chosen) if chosen else None

    def place(self, allowed: frozenset[str] | None, *, lendable: bool) -> Clause | None:
        """A copy at one of these libraries, or one that it would lend now."""
        if lendable:
            return Clause.const_score_query(self.on_shelf(allowed), 0.0)
        if allowed is None:
            return None
        return Clause.const_score_query(self.any_of("library", allowed), 0.0)

    def on_shelf(self, allowed: frozenset[str] | None) -> Clause:
        """A copy on the shelf of a library that lends, and lends things of this format."""
        members = self.members
        usual = self.shelves(allowed, members.not_lending)
        if not members.not_lent:
            return usual
        special = [
            both(
                self.any_of("format", [form]),
                self.shelves(allowed, members.not_lending | libraries),
            )
            for form, libraries in members.not_lent.items()
        ]
        others = Clause.boolean_query(
            [(Occur.Must, usual), (Occur.MustNot, self.any_of("format", members.not_lent))]
        )
        return Clause.boolean_query([(Occur.Should, each) for each in (others, *special)])

    def shelves(self, allowed: frozenset[str] | None, but: frozenset[str]) -> Clause:
        if allowed is None and not but:
            return Clause.term_query(self.schema, "shelf", ANYWHERE)
        return self.any_of("shelf", (self.members.codes if allowed is None else allowed) - but)

    def counts(self, wanted: Clause) -> Counts:
        """How many records each value would leave."""
        free = [name for name in (*OF_RECORDS, "decade") if name not in self.filters]
        if not self.places and not self.query.lendable:
            free += ["library", "network"]
        counted = self.count(self.of(wanted), free)
        for name in self.filters:
            counted |= self.count(self.of(wanted, without=name), [name])
        if self.places or self.query.lendable:
            counted["library"] = self.by_library(wanted)
            counted["network"] = self.by_network(wanted)
        counted[LENDABLE] = {"yes": self.total(wanted, lendable=True, without=LENDABLE)}
        counted[NEAR] = self.by_distance(wanted)
        return counted

    def by_library(self, wanted: Clause) -> dict[str, int]:
        """Of libraries that pass the other filters of place."""
        name = "shelf" if self.query.lendable else "library"
        others = self.allowed(without="library")
        records = self.of(wanted, without="library")
        found = self.count(records, [name])[name]
        found.pop(ANYWHERE, None)
        kept = found.keys() if others is None else found.keys() & others
        if self.query.lendable:
            kept = kept - self.members.not_lending
            for form, libraries in self.members.not_lent.items():
                of_form = self.count(both(records, self.any_of("format", [form])), [name])[name]
                for code in libraries & found.keys():
                    found[code] -= of_form.get(code, 0)
        return {code: found[code] for code in kept if found[code]}

    def by_network(self, wanted: Clause) -> dict[str, int]:
        others = self.allowed(without="network")
        return self.each(wanted, "network", others, self.members.networks)

    def by_distance(self, wanted: Clause) -> dict[str, int]:
        """Within so many miles, one and all."""
        others = self.allowed(without=NEAR)
        return self.each(wanted, NEAR, others, dict(self.query.rings))

    def each(
        self,
        wanted: Clause,
        name: str,
        others: frozenset[str] | None,
        groups: Mapping[str, frozenset[str]],
    ) -> dict[str, int]:
        """Of each group of libraries: how many records one of them has."""
        found = {}
        for value, codes in groups.items():
            allowed = codes if others is None else codes & others
            if count := self.total(wanted, allowed, lendable=self.query.lendable, without=name):
                found[value] = count
        return found

    def total(
        self,
        wanted: Clause,
        allowed: frozenset[str] | None = None,
        *,
        lendable: bool,
        without: str,
    ) -> int:
        if allowed is None:
            allowed = self.allowed(without)
        place = self.place(allowed, lendable=lendable)
        filters = [(Occur.Must, clause) for clause in (*self.filters.values(), place) if clause]
        return int(
            self.reader.search(Clause.boolean_query([(Occur.Must, wanted), *filters]), 1).count
        )

    def count(self, wanted: Clause, names: Iterable[str]) -> Counts:
        terms = {"size": ALL_VALUES, "segment_size": ALL_VALUES}
        asked = {name: {"terms": {"field": name, **terms}} for name in names}
        if not asked:
            return {}
        result = self.reader.aggregate(wanted, asked)
        return {
            name: {bucket["key"]: bucket["doc_count"] for bucket in result[name]["buckets"]}
            for name in asked
        }


def both(one: Clause, other: Clause) -> Clause:
    return Clause.boolean_query([(Occur.Must, one), (Occur.Must, other)])


def places_of(query: Query, members: Members) -> dict[str, frozenset[str]]:
    """The libraries that each chosen facet of place lets pass."""
    places: dict[str, frozenset[str]] = {}
    if query.libraries:
        places["library"] = query.libraries
    if query.networks:
        known = (members.networks.get(code, frozenset()) for code in query.networks)
        places["network"] = frozenset().union(*known)
    if query.scope is not None:
        places[SCOPE] = query.scope
    if query.within:
        places[NEAR] = dict(query.rings).get(query.within, frozenset())
    return places
