// What the catalog has for what is typed so far: while somebody fills in the form for what is not in
// it, the part that shows this follows. Without scripts it is shown once, before anything is sent.
(() => {
  const PAUSE = 500; // milliseconds without a key
  const HEARD = ["number", "title", "author"];
  document.querySelectorAll("form[data-alike]").forEach((form) => {
    let waits = 0;
    let asked = "";
    const ask = async () => {
      const address = new URL(form.dataset.alike, window.location.href);
      HEARD.forEach((name) => {
        const typed = form.elements[name] ? form.elements[name].value.trim().slice(0, 200) : "";
        if (typed) address.searchParams.set(name, typed);
      });
      if (address.href === asked) return;
      asked = address.href;
      try {
        const answer = await fetch(address, { headers: { "X-Alike": "true" } });
        if (!answer.ok || asked !== address.href) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const found = page.getElementById("alike");
        const shown = document.getElementById("alike");
        if (found && shown) shown.replaceChildren(...found.childNodes);
      } catch {
        asked = ""; // no network: the form still takes what is typed
      }
    };
    form.addEventListener("input", (event) => {
      if (!HEARD.includes(event.target.name)) return;
      clearTimeout(waits);
      waits = setTimeout(ask, PAUSE);
    });
  });
})();
