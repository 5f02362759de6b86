// A button that copies the text of a field; without scripts it is not there, and the field can be selected.
(() => {
  document.querySelectorAll("[data-copy][hidden]").forEach((button) => {
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        document.execCommand("copy"); // over plain HTTP there is no clipboard
      }
      button.textContent = button.dataset.copied;
    });
  });
})();
