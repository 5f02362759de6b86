// A field that suggests: while somebody types, its list holds what the server finds for that. Without
// scripts the list holds what it came with, and the form asks what was not clear.
(() => {
  const PAUSE = 150; // milliseconds without a key
  document.querySelectorAll("input[data-suggest]").forEach((field) => {
    const list = document.getElementById(field.getAttribute("list"));
    if (!list) return;
    let waits = 0;
    let asked = "";
    const fill = (found) => {
      list.replaceChildren(
        ...found.map(({ value, label }) => {
          const option = document.createElement("option");
          option.value = value;
          option.textContent = label;
          return option;
        }),
      );
    };
    const ask = async () => {
      const typed = field.value.trim();
      if (typed.length < 2 || typed === asked) return;
      asked = typed;
      try {
        const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(typed)}`);
        if (answer.ok && asked === typed) fill((await answer.json()).found);
      } catch {
        asked = ""; // no network: the form still takes what is typed
      }
    };
    field.addEventListener("input", () => {
      clearTimeout(waits);
      waits = setTimeout(ask, PAUSE);
    });
  });
})();
