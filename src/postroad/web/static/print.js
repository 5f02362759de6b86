// A button that prints the page; without scripts it is not there, and the browser's own menu does.
(() => {
  const show = () => document.querySelectorAll("[data-print][hidden]").forEach((button) => {
    button.hidden = false;
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  show();
  // A scan page brings a new slip with each scan.
  const sitting = document.getElementById("sitting");
  if (sitting) new MutationObserver(show).observe(sitting, { childList: true, subtree: true });
})();
