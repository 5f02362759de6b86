// A page that looks again every few seconds while it says so, and changes only if it says something
// else. Whoever has just gone to a button keeps it, if it is still there.
"use strict";
(() => {
  const parser = new DOMParser();
  const says = (main) => main.textContent + (main.querySelector("progress")?.value ?? "");
  function put(main, now) {
    const held = document.activeElement;
    const value = main.contains(held) ? held.value : "";
    main.replaceChildren(...now.childNodes);
    if (value) main.querySelector(`button[value="${CSS.escape(value)}"]`)?.focus();
  }
  async function look() {
    const main = document.querySelector("main");
    try {
      const answer = await fetch(location.href);
      if (answer.ok && !answer.redirected) {
        const page = parser.parseFromString(await answer.text(), "text/html");
        const now = page.querySelector("main");
        if (now && says(now) !== says(main)) put(main, now);
      }
    } catch {
      // Away for a moment: it is looked at again.
    }
    wait();
  }
  function wait() {
    const again = document.querySelector("main [data-looks-again]");
    if (again) setTimeout(look, 1000 * Number(again.dataset.looksAgain));
  }
  wait();
})();
