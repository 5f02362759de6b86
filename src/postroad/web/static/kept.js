// What a driver's phone keeps without a network: the round, and each scan with its key and time,
// until it is known to have arrived. Written to the disk before the page says that it is kept.
globalThis.kept = (() => {
  // A browser closes the base when it likes, behind another page or short of memory; then it is
  // opened anew, and what was to be kept is kept.
  const CLOSED = ["InvalidStateError", "UnknownError"];
  let opened = null;

  function open() {
    opened ||= new Promise((done, failed) => {
      const asked = indexedDB.open("postroad-courier", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("scans", { keyPath: "place", autoIncrement: true });
        asked.result.createObjectStore("facts");
      };
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => { opened = null; failed(asked.error); };
    });
    return opened;
  }

  // One step in one store; it is done when it is on the disk.
  async function within(store, mode, act) {
    try {
      return await step(store, mode, act);
    } catch (trouble) {
      if (!CLOSED.includes(trouble?.name)) throw trouble;
      opened = null;
      return step(store, mode, act);
    }
  }

  async function step(store, mode, act) {
    const base = await open();
    return new Promise((done, failed) => {
      const turn = base.transaction(store, mode, { durability: "strict" });
      const asked = act(turn.objectStore(store));
      turn.oncomplete = () => done(asked.result);
      turn.onerror = turn.onabort = () => failed(turn.error);
    });
  }

  const get = (name) => within("facts", "readonly", (facts) => facts.get(name));
  const set = (name, value) => within("facts", "readwrite", (facts) => facts.put(value, name));
  const scans = () => within("scans", "readonly", (all) => all.getAll()); // in order of their place
  // By how much the phone's clock was ahead of the server's when they last met goes with each scan.
  async function add(scan) {
    const { ahead } = (await get("round")) || {};
    return within("scans", "readwrite", (all) => all.add({ ...scan, ahead }));
  }

  async function remove(keys) {
    const gone = new Set(keys);
    const places = (await scans()).filter((each) => gone.has(each.key)).map((each) => each.place);
    if (!places.length) return;
    await within("scans", "readwrite", (all) => places.map((place) => all.delete(place)).at(-1));
  }

  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)),
    (byte) => byte.toString(16).padStart(2, "0")).join("");

  // Whether what was scanned is this parcel, by its own number or the item's; as hand scanners
  // send them, with spaces, or with the start and stop of Codabar.
  const bare = (text) => String(text).replace(/[^0-9A-Za-z]/g, "").toUpperCase();
  function means(text, piece) {
    const read = bare(text).replace(/^[A-D](\d{6,})[A-D]$/, "$1");
    return [piece.number, piece.item].some((each) => each && bare(each) === read);
  }

  // Done with a network at a stop: it stands on the phone's list no longer.
  async function done(at, text) {
    const round = await get("round");
    const stop = round?.stops.find((each) => each.id === at);
    if (!stop) return;
    for (const way of ["drop", "pick_up"]) {
      stop[way] = stop[way].filter((piece) => !means(text, piece));
    }
    await set("round", round);
  }

  const AT_ONCE = 50; // as many as the server takes in one message
  const NOT_THERE = [429, 502, 503, 504]; // no server, or one that asks to come again
  const FEW = 5; // scans that the server fails to take: more of them are a server in trouble
  const SET = 120000; // ms: a clock that differs by more from what it was has been set meanwhile
  const PATIENCE = 20000; // ms: a network that is there and answers nothing
  const under = new Set(); // keys that the scan page is sending by itself just now

  function ask(address, more = {}) {
    return fetch(address, {
      credentials: "same-origin",
      redirect: "manual", // to the sign-in page: then the sign-in has ended
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
      ...more,
    });
  }

  // Ask for the round anew, and send in order what was kept: what the server knows of, it takes
  // once. Tells how it went: "sent", "offline", "signed-out", "stuck" (it fails to take some), "busy"
  // (another window does it).
  async function send(doors) {
    if (!navigator.locks) return sendAll(doors);
    return navigator.locks.request("postroad-courier", { ifAvailable: true },
      (lock) => (lock ? sendAll(doors) : { state: "busy", answers: [] }));
  }

  async function sendAll(doors) {
    const answers = [];
    const stuck = new Set(); // they hold up no other
    let atOnce = AT_ONCE;
    try {
      const told = await ask(doors.facts);
      if (told.type === "opaqueredirect" || [401, 403, 404].includes(told.status)) {
        return { state: "signed-out", answers };
      }
      if (!told.ok) return { state: "offline", answers };
      const round = await keepRound(told);
      for (;;) {
        const mine = (await scans())
          .filter(({ driver, key }) => driver === round.driver.id && !under.has(key) && !stuck.has(key))
          .slice(0, atOnce);
        if (!mine.length || stuck.size >= FEW) {
          if (answers.length) await keepRound(await ask(doors.facts));
          return { state: stuck.size ? "stuck" : "sent", answers };
        }
        const answer = await post(doors, round, round.driver.id, mine);
        if (answer.type === "opaqueredirect" || answer.status === 403) {
          return { state: "signed-out", answers };
        }
        if (NOT_THERE.includes(answer.status)) return { state: "offline", answers };
        if (!answer.ok) {
          if (mine.length === 1) stuck.add(mine[0].key);
          atOnce = 1; // one by one, so that the others arrive
          continue;
        }
        const taken = (await answer.json()).answers;
        await remove(taken.map((each) => each.key));
        const texts = new Map(mine.map((each) => [each.key, each.text]));
        answers.push(...taken.map((each) => ({ ...each, text: texts.get(each.key) })));
        await tell(answers.slice(-taken.length));
      }
    } catch {
      return { state: "offline", answers };
    }
  }

  async function keepRound(told) {
    const round = await told.json();
    round.ahead = Date.now() - round.now;
    const { token, ...plain } = round; // of the sign-in, and nothing to keep
    await set("round", plain);
    return round;
  }

  // When it was scanned, by a clock that was set since, nobody knows.
  const time = ({ at, ahead }, now) => (Math.abs(ahead - now) > SET ? null : at);

  function post(doors, round, driver, some, more = {}) {
    const told = some.map((scan) => {
      const { key, text, hand, stop, what } = scan;
      return { key, text, hand, stop, what, at: time(scan, round.ahead) };
    });
    return ask(doors.scans, {
      method: "POST",
      body: JSON.stringify({ driver, sent: Date.now(), scans: told }),
      headers: { "Content-Type": "application/json", "X-CSRFToken": round.token, ...more },
    });
  }

  // What was said of scans that were sent later, and that the driver should know, until it is read.
  async function tell(answers) {
    const worth = answers.filter((each) => each.tone !== "ok");
    if (!worth.length) return;
    await set("told", [...((await get("told")) || []), ...worth].slice(-100));
  }

  // Scans of somebody else go to the office, on a press of whoever found them.
  async function handIn(doors, driver) {
    const told = await ask(doors.facts);
    if (!told.ok) return false;
    const round = await told.json();
    round.ahead = Date.now() - round.now;
    for (;;) {
      const some = (await scans()).filter((each) => each.driver === driver).slice(0, AT_ONCE);
      if (!some.length) return true;
      const answer = await post(doors, round, driver, some, { "X-Handed-In": "yes" });
      if (!answer.ok) return false;
      await remove((await answer.json()).answers.map((each) => each.key));
    }
  }

  return { get, set, scans, add, remove, newKey, means, bare, done, send, handIn, under };
})();
