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
  let stream = null;
  let last = "";
  let seen = 0;

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
    const [found] = await detector.detect(video).catch(() => []);
    const now = performance.now();
    if (found) {
      if (found.rawValue !== last || now - seen > ANEW) {
        field.value = found.rawValue;
        field.form.requestSubmit();
        navigator.vibrate?.(60);
      }
      last = found.rawValue;
      seen = now;
    }
    setTimeout(look, PAUSE);
  }

  button.addEventListener("click", () => (stream ? stop() : start()));
  document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); });
  window.addEventListener("pagehide", stop);
  box.hidden = false;
})();
