// The round as the phone keeps it: the stops, and at each what to drop and pick up. What is
// scanned here is kept first; round.js sends it when there is a network.
(async () => {
  const page = document.getElementById("round");
  if (!page || !globalThis.kept) return;
  const words = page.dataset;
  const at = (name) => document.getElementById(name);
  const field = at("scan");
  const title = at("round-title").textContent;

  let round = null;
  let stop = null;
  let hand = "drop";

  const fill = (sentence, facts) => sentence.replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);
  const { bare, means } = kept;

  function made(name, text = "", more = {}) {
    const element = document.createElement(name);
    element.textContent = text;
    return Object.assign(element, more);
  }

  const here = (all) => all.filter((each) => each.stop === stop.id && each.driver === round.driver.id);
  const left = (pieces, scans) => pieces.filter(
    (piece) => !scans.some((scan) => means(scan.text, piece)),
  );

  function say(tone, text) {
    at("said").className = `band band-${tone}`;
    at("said").replaceChildren(made("p", text));
  }

  function line(piece, sentence) {
    const item = made("li");
    item.append(made("span", piece.number.replace(/(.{4})(?=.)/g, "$1 ")), " ",
      made("span", fill(sentence, piece)));
    return item;
  }

  function keptLine(scan) {
    const item = made("li");
    const clock = new Date(scan.at).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
    const time = clock.replace(/\s?([ap])m$/i, (_all, half) => ` ${half.toLowerCase()}.m.`); // as elsewhere
    const ways = { done: words.done, "taken-along": words.takenAlong };
    const what = ways[scan.what] || (scan.hand === "pick-up" ? words.pickedUp : words.dropped);
    const button = made("button", words.remove, { type: "button", className: "small" });
    button.append(made("span", ` ${scan.text}`, { className: "only-heard" }));
    button.addEventListener("click", async () => {
      await kept.remove([scan.key]);
      say("ok", words.removed);
      draw();
      document.dispatchEvent(new Event("kept-scan"));
      field.focus();
    });
    const told = [scan.text, what, time].filter(Boolean).join(", ");
    item.append(made("span", told), button);
    return item;
  }

  function stopLine(each, scans) {
    const item = made("li", "", { className: stop?.id === each.id ? "here" : "" });
    const mine = scans.filter((scan) => scan.stop === each.id);
    const [drop, up] = [left(each.drop, mine).length, left(each.pick_up, mine).length];
    const told = made("div");
    const load = made("ul", "", { className: "load" });
    if (drop) load.append(made("li", fill(words.drop, { n: drop })));
    if (up) load.append(made("li", fill(words.pickUp, { n: up })));
    if (!drop && !up) load.append(made("li", words.nothing, { className: "quiet" }));
    told.append(made("h3", each.town), made("p", each.library), load);
    const button = made("button", words.here, { type: "button" });
    button.append(made("span", `: ${each.library}, ${each.town}`, { className: "only-heard" }));
    button.addEventListener("click", () => stand(each));
    item.append(told, button);
    return item;
  }

  async function draw() {
    const scans = await kept.scans();
    at("at-stop").hidden = !stop;
    if (!round) {
      at("round-day").textContent = words.empty;
      at("stops").replaceChildren();
      return;
    }
    at("round-title").textContent = round.route || title;
    at("round-day").textContent = fill(words.as, { day: round.day, name: round.driver.name });
    const calls = round.stops.filter((each) => each.called || each.id === stop?.id);
    at("stops").replaceChildren(...calls.map((each) => stopLine(each, scans)));
    if (!stop) return;
    at("stop-title").textContent = stop.town;
    at("stop-library").textContent = stop.library;
    const mine = here(scans);
    const [drop, up] = [left(stop.drop, mine), left(stop.pick_up, mine)];
    at("kept-here").replaceChildren(...mine.toReversed().slice(0, 60).map(keptLine));
    at("to-drop").replaceChildren(...drop.slice(0, 60).map((each) => line(each, words.from)));
    at("to-pick-up").replaceChildren(...up.slice(0, 60).map((each) => line(each, words.for)));
    at("all").hidden = !up.length;
    at("kept-count").textContent = mine.length;
    at("drop-count").textContent = drop.length;
    at("pick-up-count").textContent = up.length;
  }

  async function stand(where) {
    stop = where;
    choose(where.drop.length ? "drop" : "pick-up");
    await kept.set("here", where.id);
    await draw();
    at("at-stop").scrollIntoView();
    field.focus();
  }

  function choose(which) {
    hand = which;
    for (const button of page.querySelectorAll("[data-hand]")) {
      button.setAttribute("aria-pressed", String(button.dataset.hand === hand));
    }
  }

  // What the parcel leaves no doubt of, it decides, as it does with a network.
  function meaning(text) {
    const up = stop.pick_up.find((piece) => means(text, piece));
    if (up) return ["pick-up", "ok", fill(words.keptPickUp, up)];
    const down = stop.drop.find((piece) => means(text, piece));
    if (down) return ["drop", "ok", fill(words.keptDrop, down)];
    const goes = round.stops.find((each) => each.drop.some((piece) => means(text, piece)));
    if (goes && hand === "drop") return [hand, "warn", fill(words.elsewhere, goes)];
    return [hand, "warn", words.notListed];
  }

  async function scan(text) {
    if (here(await kept.scans()).some((each) => bare(each.text) === bare(text))) {
      say("warn", words.twice);
      return;
    }
    const [which, tone, sentence] = meaning(text);
    await keep({ text, hand: which });
    await shown(tone, sentence);
  }

  function keep(what) {
    const { id, name } = round.driver;
    return kept.add({ key: kept.newKey(), driver: id, name, stop: stop.id, at: Date.now(), ...what });
  }

  async function shown(tone, sentence) {
    say(tone, sentence);
    await draw();
    document.dispatchEvent(new Event("kept-scan"));
  }

  // On the driver's word, and asked first: each of them is recorded as taken without a scan.
  async function takeAll() {
    const pieces = left(stop.pick_up, here(await kept.scans()));
    for (const { number } of pieces) {
      await keep({ text: number, hand: "pick-up", what: "taken-along" });
    }
    at("sure").hidden = true;
    await shown("ok", fill(words.tookAll, { n: pieces.length }));
  }

  async function done() {
    if (here(await kept.scans()).some((each) => each.what === "done")) return say("warn", words.twice);
    await keep({ text: "", hand, what: "done" });
    await shown("ok", words.doneHere);
  }

  let turn = Promise.resolve(); // one after another, so that they lie in their order
  function inTurn(act, text = "") {
    turn = turn.then(act).catch(() => say("no", fill(words.notKept, { text })));
  }

  at("scan-here").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    field.value = "";
    field.focus();
    if (text && stop && round) inTurn(() => scan(text), text);
  });

  for (const button of page.querySelectorAll("[data-hand]")) {
    button.addEventListener("click", () => { choose(button.dataset.hand); field.focus(); });
  }

  at("all").addEventListener("click", () => { at("sure").hidden = false; at("yes").focus(); });
  at("no").addEventListener("click", () => { at("sure").hidden = true; field.focus(); });
  at("yes").addEventListener("click", () => inTurn(takeAll));
  at("done").addEventListener("click", () => inTurn(done));

  async function read() {
    round = (await kept.get("round")) || null;
    const named = Number(new URLSearchParams(location.hash.slice(1)).get("stop"));
    const wanted = stop?.id || named || (await kept.get("here")) || round?.here;
    stop = round?.stops.find((each) => each.id === wanted) || null;
    await draw();
  }

  document.addEventListener("kept-sent", read);
  await read();
  if (stop) stand(stop);
})();
