// The phone's camera as a hand scanner, where the browser itself reads barcodes; elsewhere there is
// no button, and the field is there as always.
(async () => {
  const field = document.getElementById("scan");
  const box = document.getElementById("camera");
  if (!field || !box || !globalThis.BarcodeDetector || !navigator.mediaDevices?.getUserMedia) return;
  const WANTED = ["code_128", "code_39", "codabar", "itf", "ean_13", "qr_code"];
  const known = await BarcodeDetector.getSupportedFormats().catch(() => []);
  const formats = WANTED.filter((each) => known.includes(each));
  if (!formats.length) return;

  const ANEW = 3000; // ms until the same code, still in the picture, counts as another scan
  const PAUSE = 150; // ms between two looks
  const detector = new BarcodeDetector({ formats });
  const button = box.querySelector("button");
  const video = box.querySelector("video");
  const said = box.querySelector("[role=status]");
  const CHECKED = ["code_128", "ean_13", "qr_code"]; // with a check sign: one look is enough
  const OURS = /^[PB][0-9A-HJKMNP-TV-Z]{11}$/; // on a slip or a bin, whatever else is in the picture
  let stream = null;
  let read = ""; // at the last look
  const seen = new Map(); // when each was last in the picture

  function stop() {
    for (const track of stream?.getTracks() || []) track.stop();
    stream = null;
    video.hidden = true;
    video.srcObject = null;
    button.textContent = box.dataset.start;
  }

  async function start() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false, video: { facingMode: "environment" },
      });
    } catch {
      said.textContent = box.dataset.refused;
      return;
    }
    said.textContent = "";
    video.srcObject = stream;
    video.hidden = false;
    button.textContent = box.dataset.stop;
    await video.play();
    look();
  }

  async function look() {
    if (!stream) return;
    const all = await detector.detect(video).catch(() => []);
    const found = all.find((each) => OURS.test(each.rawValue)) || all[0];
    if (found && (CHECKED.includes(found.format) || found.rawValue === read)) take(found.rawValue);
    read = found?.rawValue || "";
    setTimeout(look, PAUSE);
  }

  function take(code) {
    const now = performance.now();
    if (!(now - seen.get(code) <= ANEW)) {
      field.value = code;
      field.form.requestSubmit();
      navigator.vibrate?.(60);
    }
    seen.set(code, now);
  }

  button.addEventListener("click", () => (stream ? stop() : start()));
  document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); });
  window.addEventListener("pagehide", stop);
  box.hidden = false;
})();
