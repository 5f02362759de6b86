// A form whose page shows what it would make: while somebody types, the parts that show it follow.
// Without scripts its button Try shows the same. A part in which somebody is at work is left alone.
// What goes on meanwhile (data-again: seconds) is looked at again.
(() => {
  const PAUSE = 400; // milliseconds without a key
  const read = async (address, sent) => {
    const answer = await fetch(address, sent ? { method: "POST", body: sent } : {});
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };
  const follow = (page, parts) => {
    parts.forEach((part) => {
      const found = page.getElementById(part.id);
      if (found && !part.contains(document.activeElement)) {
        part.replaceChildren(...found.childNodes);
        if (found.dataset.again !== undefined) part.dataset.again = found.dataset.again;
      }
    });
  };
  document.querySelectorAll("form[data-preview]").forEach((form) => {
    let waits = 0;
    let turn = 0;
    const show = async () => {
      const mine = ++turn;
      const sent = new FormData(form);
      sent.append("try", "1");
      try {
        const page = await read(window.location.href, sent);
        if (mine === turn) follow(page, form.querySelectorAll("[data-live]"));
      } catch {
        // no network: the button Try still tells it
      }
    };
    form.addEventListener("input", () => {
      clearTimeout(waits);
      waits = setTimeout(show, PAUSE);
    });
  });
  document.querySelectorAll("[data-again]").forEach((part) => {
    const look = async () => {
      try {
        follow(await read(window.location.href), [part]);
      } catch {
        // no network: at the next turn
      }
      if (Number(part.dataset.again)) setTimeout(look, part.dataset.again * 1000);
    };
    if (Number(part.dataset.again)) setTimeout(look, part.dataset.again * 1000);
  });
})();
