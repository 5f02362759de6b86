// Scan pages without waiting: each scan goes into a row and is sent in its turn, so that a fast
// hand loses none. Without a connection the row waits and tries again; a repeat bears the same key.
(() => {
  const field = document.getElementById("scan");
  if (!field) return;
  const form = field.form;
  const row = [];
  const phone = document.getElementById("kept")?.dataset; // a driver's page keeps each scan first
  const keeps = () => Boolean(phone?.stop && globalThis.kept);
  const when = new WeakMap(); // when each was scanned
  const onDisk = new WeakSet();
  const unsent = `unsent ${location.pathname}`;
  let busy = false;
  let turn = Promise.resolve(); // scans enter the row in their order
  let leaving = false;
  let audio = null;
  let scanned = 0; // when the field was sent last
  let typed = []; // when each character of the field came
  const lost = []; // what could not be recorded, and is told until the page is left

  const PATIENCE = 15000; // ms: a phone that has half a network says so, and keeps the scan
  const ECHO = 1000; // ms: an empty field sent so soon is the second half of CR and LF
  const BY_HAND = 45; // ms between two characters; no hand is faster, no scanner slower

  const tones = { ok: [[1320, 0.09]], warn: [[660, 0.12], [660, 0.12]], no: [[196, 0.4]] };

  function sound(name) {
    try {
      audio ||= new AudioContext();
      let start = audio.currentTime;
      for (const [pitch, length] of tones[name] || []) {
        const voice = audio.createOscillator();
        const volume = audio.createGain();
        voice.frequency.value = pitch;
        volume.gain.value = 0.15;
        voice.connect(volume).connect(audio.destination);
        voice.start(start);
        voice.stop(start + length);
        start += length + 0.06;
      }
    } catch { /* a browser without sound still shows the band */ }
  }

  function say(tone, text) {
    const band = document.querySelector("#sitting .band");
    band.className = `band band-${tone}`;
    const words = document.createElement("p");
    words.textContent = text;
    band.replaceChildren(words);
    sound(tone);
  }

  async function send(values) {
    const answer = await fetch(form.action, {
      method: "POST",
      body: values,
      headers: { "HX-Request": "true" },
      credentials: "same-origin",
      signal: keeps() ? AbortSignal.timeout(PATIENCE) : undefined,
    });
    const elsewhere = answer.headers.get("HX-Redirect") || (answer.redirected && answer.url);
    if (elsewhere || answer.status === 403) { // signed out meanwhile, or signed in anew elsewhere
      keepUnsent();
      if (elsewhere) location.assign(elsewhere);
      else location.reload();
    } else if (answer.ok) {
      forget(values);
      if (keeps()) kept.done(Number(phone.stop), values.get("scan") || "").catch(() => {});
      document.getElementById("sitting").innerHTML = await answer.text();
      tellLost();
      tellCounts();
      const band = document.querySelector("#sitting [data-sound]");
      if (band) sound(band.dataset.sound);
    } else if ([429, 502, 503, 504].includes(answer.status)) {
      throw new Error("busy"); // it waits in the row, and bears the same key when it is sent again
    } else if (onDisk.has(values)) {
      throw new Error("stuck"); // the phone has it, and sends it in its own way
    } else {
      forget(values);
      lost.push(values.get("scan") || "?");
      say("no", `${form.dataset.failed} ${lost.at(-1)}`);
      tellLost();
    }
  }

  // The next answer takes the place of the last one; what was not recorded must not vanish with it.
  function tellLost() {
    let box = document.getElementById("lost");
    if (!lost.length) return;
    if (!box) {
      box = document.createElement("p");
      box.id = "lost";
      box.className = "band band-no";
      document.getElementById("sitting").before(box);
    }
    box.textContent = `${form.dataset.failed} ${lost.join(", ")}`;
  }

  // The navigation counts what the page counts.
  function tellCounts() {
    for (const count of document.querySelectorAll("#sitting [data-count]")) {
      const badge = document.querySelector(`[data-count-of="${count.dataset.count}"]`);
      if (badge) badge.textContent = count.value;
    }
  }

  // The page is left before these were recorded: it names them when it is opened again. They are
  // not sent by themselves, since somebody else may have sat down meanwhile.
  function keepUnsent() {
    leaving = true;
    if (keeps()) leaveToThePhone(); // which sends them after the next sign-in
    const scans = row.splice(0).map((values) => values.get("scan"));
    try {
      const before = sessionStorage.getItem(unsent);
      sessionStorage.setItem(unsent, [before, ...scans].filter(Boolean).join(", "));
    } catch { /* a browser that keeps nothing: the next page says that it was not recorded */ }
  }

  // On the phone's disk before it is sent; round.js sends what stays there.
  async function keepFirst(values) {
    if (!keeps()) return;
    const [key, text, at] = [values.get("key"), values.get("scan").trim(), when.get(values)];
    const { name, hand } = phone;
    kept.under.add(key);
    try {
      await kept.add({ key, text, at, name, hand, driver: Number(phone.driver), stop: Number(phone.stop) });
      onDisk.add(values);
    } catch { /* a browser that keeps nothing: it waits in the row */ }
  }

  function forget(values) {
    const key = values.get("key");
    if (keeps() && key) kept.remove([key]).catch(() => {}).finally(() => kept.under.delete(key));
  }

  function leaveToThePhone(why = "offline") {
    row.splice(0, row.length, ...row.filter((values) => !onDisk.has(values)));
    kept.under.clear();
    kept.scans().then(({ length }) => {
      const sentence = phone[`${why}${length === 1 ? "One" : "Many"}`];
      if (length && !leaving) say("warn", sentence.replace("{n}", length));
    });
    document.dispatchEvent(new Event("kept-scan"));
  }

  // What was sent later stands in the list of this page only when it is loaded anew.
  document.addEventListener("kept-sent", ({ detail }) => {
    if (keeps() && detail.answers.length && !row.length && !field.value) location.reload();
  });

  function tellUnsent() {
    try {
      const scans = sessionStorage.getItem(unsent);
      sessionStorage.removeItem(unsent);
      if (scans) say("warn", `${form.dataset.unsent} ${scans}`);
    } catch { /* nothing was kept */ }
  }

  async function work() {
    if (busy) return;
    busy = true;
    let told = false;
    while (row.length) {
      try {
        const waited = Date.now() - when.get(row[0]);
        if (waited > 0) row[0].set("waited", waited); // it happened then, and not when it arrives
        await send(row[0]);
        row.shift();
        told = false;
      } catch (trouble) {
        if (keeps()) leaveToThePhone(trouble.message === "stuck" ? "stuck" : "offline");
        if (!row.length) break;
        if (!told) say("warn", `${form.dataset.waiting} ${row.length}`);
        told = true;
        await new Promise((again) => setTimeout(again, 2000));
      }
    }
    busy = false;
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-scan]")) return;
    event.preventDefault();
    const again = event.target === form && !field.value.trim();
    if (again && (row.length || performance.now() - scanned < ECHO)) return;
    const values = new FormData(event.target, event.submitter);
    if (event.target === form) {
      scanned = performance.now();
      typed = [];
      values.set("key", Array.from(crypto.getRandomValues(new Uint8Array(16)),
        (byte) => byte.toString(16).padStart(2, "0")).join(""));
      field.value = "";
    }
    when.set(values, Date.now());
    field.focus();
    const first = event.target === form && values.get("scan").trim() ? keepFirst(values) : null;
    turn = turn.then(() => first).then(() => {
      row.push(values);
      if (leaving) keepUnsent();
      else work();
    });
  });

  // A hand scanner types wherever the focus is: bring it back to the field, from all but another
  // field of text. A space or Enter on a button is a press, since no number begins with them.
  const WRITTEN = 'input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"])';
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Tab" && event.target === field && isScan()) {
      event.preventDefault(); // some scanners end a code with Tab
      form.requestSubmit();
      return;
    }
    if (event.key.length !== 1) return;
    if (event.target === field) {
      typed.push(performance.now());
      return;
    }
    if (event.key === " " || event.target.closest(`${WRITTEN}, select, textarea`)) return;
    field.focus();
    typed.push(performance.now());
  });

  // Whether what stands in the field was typed as fast as only a scanner types.
  function isScan() {
    const count = typed.length;
    return count >= 4 && field.value.trim().length >= 4 && !(typed[count - 1] - typed[0] > BY_HAND * (count - 1));
  }
  field.addEventListener("input", () => { if (!field.value) typed = []; });
  window.addEventListener("beforeunload", (event) => { if (row.length) event.preventDefault(); });
  const first = document.querySelector("#sitting [data-sound]");
  if (first) sound(first.dataset.sound);
  tellUnsent();
})();
