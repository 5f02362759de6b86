// On each of the driver's pages: keep the round on the phone, send what was scanned without a
// network, and say in words what is kept and what came of it.
(() => {
  const box = document.getElementById("kept");
  if (!box || !globalThis.indexedDB || !globalThis.kept) return;
  const words = box.dataset;
  const doors = { facts: words.facts, scans: words.scans };
  const part = (name) => box.querySelector(`.kept-${name}`);
  const AGAIN = 15000; // ms between two attempts while something waits

  let state = "";
  let sent = 0; // since this page was opened
  let other = null; // whose scans lie here too
  let working = false;
  let once = 0;

  function fill(sentence, facts) {
    return sentence.replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);
  }

  function counted(kind, facts) {
    const name = facts.n === 0 ? "None" : facts.n === 1 ? "One" : "Many";
    return fill(words[kind + name] || "", facts);
  }

  function show(element, text) {
    element.textContent = text;
    element.hidden = !text;
  }

  async function tell() {
    const all = await kept.scans();
    const round = await kept.get("round");
    const me = Number(words.driver) || round?.driver.id;
    const mine = all.filter((each) => each.driver === me && !kept.under.has(each.key));
    const others = all.filter((each) => each.driver !== me);
    const whole = document.getElementById("round"); // the page that works without a network
    let text = "";
    if (state === "offline" && (mine.length || whole)) text = counted("offline", { n: mine.length });
    if (state === "signed-out") text = counted("out", { n: mine.length, name: mine[0]?.name });
    if (state === "stuck" && mine.length) text = counted("stuck", { n: mine.length });
    if (state === "sent" && sent) text = counted("sent", { n: sent });
    show(part("state"), text);
    other = others[0] || null;
    const theirs = others.filter((each) => each.driver === other.driver);
    show(part("others"), other ? counted("other", { n: theirs.length, name: other.name }) : "");
    part("hand-in").hidden = !other || state !== "sent";
    part("sign-in").hidden = state !== "signed-out";
    const told = (await kept.get("told")) || [];
    part("told").replaceChildren(...told.map((each) => {
      const line = document.createElement("li");
      line.textContent = `${each.text}: ${each.sentence}`;
      return line;
    }));
    part("told").hidden = part("read").hidden = !told.length;
    box.hidden = !text && !other && !told.length;
    return mine.length;
  }

  async function work() {
    if (working) return;
    working = true;
    clearTimeout(once);
    let left = 1;
    try {
      const came = await kept.send(doors);
      if (came.state !== "busy") state = came.state;
      sent += came.answers.length;
      left = await tell();
      document.dispatchEvent(new CustomEvent("kept-sent", { detail: came }));
    } finally {
      working = false;
    }
    if (left || state !== "sent") once = setTimeout(work, AGAIN);
  }

  part("read").addEventListener("click", async () => {
    await kept.set("told", []);
    tell();
  });

  part("hand-in").addEventListener("click", async () => {
    if (!other) return;
    await kept.handIn(doors, other.driver).catch(() => {});
    tell();
  });

  // Who signs out leaves no round behind; the scans stay, under her name.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches('form[action*="/logout/"]') || event.defaultPrevented) return;
    event.preventDefault();
    kept.set("round", null).finally(() => event.target.submit());
  });

  document.addEventListener("kept-scan", () => { tell(); work(); });
  window.addEventListener("online", work);
  window.addEventListener("offline", () => { state = "offline"; tell(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) work(); });

  async function begin() {
    try {
      await kept.scans();
    } catch {
      show(part("state"), words.unkept);
      box.hidden = false;
      return;
    }
    const before = await kept.get("round");
    if (words.driver && before && before.driver.id !== Number(words.driver)) {
      await kept.set("round", null); // somebody else has signed in: nothing is kept in the old name
    }
    if (words.stop) await kept.set("here", Number(words.stop));
    navigator.serviceWorker?.register(words.worker, { scope: words.scope }).catch(() => {});
    navigator.storage?.persist?.();
    await tell();
    work();
  }
  begin();
})();
