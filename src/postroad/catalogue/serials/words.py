"""The words in which libraries write their holdings: captions, months, remarks.

English, German, French, Spanish, Italian, Portuguese, Dutch, the Nordic and some Slavic languages.
Each is matched in small letters, with or without its full stop.
"""

import re

VOLUMES = (
    "volumes|volumen|volume|vols|vol|v|bände|band|bde|bd|jahrgänge|jahrgang|jahrg|jhrg|jg|jaargang"
    "|jaarg|jrg|årgang|årg|arg|tomes|tome|tomos|tomo|tomus|tom|tm|ts|t|años|año|anos|ano|anno|annos"
    "|années|année|annee|ann|an|a|ročník|roč|rocznik|rocz|godina|god|évfolyam|évf|knjiga|knj|kniha"
    "|kn|svazek|svezak|sv|teile|teil|tl|cilt|kötet|köt"
)
NUMBERS = (
    "numbers|number|numéros|numéro|números|número|numeros|numero|numer|nos|no|nrs|nr|nums|num|núm"
    "|n\\.º|n\\.o|n°|nº|n|№|hefte|heft|hft|h|häfte|issues|issue|iss|fascicules|fascicule|fascicolo"
    "|fasciculo|fasc|fas|aflevering|afl|lieferung|lfg|vypusk|vyp|sešit|seš|zeszyt|zesz|z|číslo|čís"
    "|č|szám|sz|sayı|broj|br|cuaderno|parts|part|partes|parte|parties|partie|pars|pts|pt|nummer"
)
UNITS = (
    "reels|reel|microfiche|microfiches|fiche|fiches|microfilms|rolls|roll|discs|disc|disks|disk|cds"
    "|dvds|boxes|box|folders|folder|items|item|pieces|sheets|maps|binders|cartons|drawers|mm|cm|p"
    "|pages|copies|copy"
)
NEW_SERIES = (
    r"new\s+ser(?:ies|\.)?|n\.?\s*ser(?:ies|\.)|n\.\s?s\.?|neue\s+folge|n\.\s?f\.?|nouv(?:elle|\.)"
    r"\s+s[ée]r(?:ie|\.)?|nuova\s+ser(?:ie|\.)?|nueva\s+(?:serie|[ée]poca)|nova\s+s[ée]rie"
    r"|ny\s+(?:serie|r[æe]kke)"
)
SERIES = r"ser(?:ies|ie|\.)?|sér(?:ie|\.)?|reihe|folge|r\.|epoca|época"
MONTHS = {
    1: "january|janvier|januar|januari|enero|gennaio|janeiro|jan|jän|janv|ene|genn|gen",
    2: "february|février|februar|febrero|febbraio|fevereiro|feb|febr|fév|févr|fev",
    3: "march|mars|märz|marzo|março|maart|mar|mär|mrz",
    4: "april|avril|abril|aprile|apr|avr|abr",
    5: "may|mai|mayo|maggio|maio|mei|magg",
    6: "june|juin|juni|junio|giugno|junho|jun|giu",
    7: "july|juillet|juli|julio|luglio|julho|jul|juil|lugl",
    8: "august|août|aout|agosto|augustus|aug|ago",
    9: "september|septembre|septiembre|settembre|setembro|sept|sep|set|sett",
    10: "october|octobre|oktober|octubre|ottobre|outubro|oct|okt|ott|out",
    11: "november|novembre|noviembre|novembro|nov",
    12: "december|décembre|dezember|diciembre|dicembre|dezembro|dec|déc|dez|dic",
}
SEASONS = (
    "spring|summer|autumn|fall|winter|printemps|été|automne|hiver|frühling|frühjahr|sommer|herbst"
    "|primavera|verano|estate|otoño|autunno|invierno|inverno|spr|sum|win|aut"
    "|quarter|qtr|first half|second half|mid|late|early|holiday"
)
OPEN = (
    r"to[ -]*date|(?:to\s+)?(?:the\s+)?present|to\s+current|current(?:ly\s+received)?|date|laufend"
    r"|lfd|heute|ongoing|continuing|aktuell|en\s+cours|a\s+la\s+fecha|today|now"
)
SUPPLEMENTS = (
    "supplements|supplement|supplementary|suppléments|supplément|suplemento|supplemento|suppls"
    "|suppl|supp|sup|beilagen|beilage|beihefte|beiheft|beih|sonderheft|extra"
)
INDEXES = "indexes|indices|index|register|registre|reg|tables|table|indice|índice|cumulative"
PARTIAL = (
    r"incomplete|incompl|inc|imperfect|scattered|broken(?:\s+run)?|fragmentary|gaps|lückenhaft"
    r"|unvollständig|incomplet|incompleto|mutilated|some\s+(?:issues|numbers|volumes|vols?)"
    r"(?:\s+(?:missing|lacking|wanting))?|very\s+few|various|selected|odd\s+(?:issues|numbers)"
    r"|miss(?:ing)?\s+(?:some|many|few)"
)
LACKS = re.compile(
    r"\b(?:(?:library\s+)?lack(?:s|ing)?|wants?|wanting|miss(?:ing|es)|except(?:ing)?|but\s+not"
    r"|not\s+held|no\s+longer\s+held|lacunes?|lacunas?|lac|manquent?|mancano?|faltan?|fehl(?:t|en)"
    r"|lücken?|without|gaps?)\b\s*[.:=]*|\bL\s*=",
    re.I,
)
NEVER = re.compile(r"never\s+(?:received|published|issued|came)|not\s+(?:received|published)", re.I)
REVOKES = re.compile(  # what takes something away from what is said beside it
    r"lack|want|miss|except|incompl|imperfect|scatter|some|many|few|only|damag|lost|withdraw"
    r"|discard|not |never|gap|lücke|fehl|manq|lacun|falta|cancel",
    re.I,
)
HARMLESS = re.compile(
    r"^\s*(?:\*|continue[sd]\b|absorbed\b|absorb(?:s|ed)\b|merged\b|merger\b|superse|split\b|formerly"
    r"|filmed with|bound with|issued with|\(?shelved as|see also|title varies|subscription"
    r"|cancell?ed|"
    r"ceased|publication (?:ceased|suspended)|received|(?:in )?storage|recataloged|positive service"
    r"|current(?: \w+)? issues? (?:in|at|are|on|shelved|held)\b|[\w ]{3,30} copy \d+$|copy \d+$"
    r"|(?:some|older) (?:volumes|issues) (?:are )?(?:in|at) (?:the )?(?:library )?(?:depository"
    r"|storage|annex|remote)|print$|online$|catalog$)",
    re.I,
)
# Of what it is made, or how it is kept: nothing that takes anything away.
KEPT = frozenset(
    "microfilm microform paper print bound unbound film online hardcover original originals".split()
)
NUMBER_WORDS = {
    name: count
    for count, name in enumerate("one two three four five six seven eight nine ten".split(), 1)
} | {"a": 1, "twelve": 12, "fifteen": 15, "twenty": 20}
