// Without a network the driver's pages are one page, which the phone keeps: /courier/round/.
// Kept are that page as nobody in particular sees it, and what it is drawn with; never another
// page of somebody who signed in, and so never a door sheet.
const KEPT = "postroad-courier-1";
const PAGE = "/courier/round/";
const NOT_THERE = [502, 503, 504]; // a front that reaches no server
const OFTEN = 10 * 60 * 1000; // ms between two looks whether the page has changed

let looked = 0;

async function keep() {
  const answer = await fetch(PAGE, { credentials: "omit", cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new Error("not the page");
  const text = await answer.clone().text();
  const drawn = [...text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((found) => found[1]);
  const cache = await caches.open(KEPT);
  await cache.addAll(drawn);
  await cache.put(PAGE, answer);
  looked = Date.now();
  const wanted = new Set([PAGE, ...drawn]);
  for (const each of await cache.keys()) {
    if (!wanted.has(new URL(each.url).pathname)) await cache.delete(each);
  }
}

async function open(event) {
  const { request } = event;
  const sent = request.method === "POST" ? request.clone() : null;
  try {
    const answer = await fetch(request);
    if (NOT_THERE.includes(answer.status)) throw new Error("not there");
    if (Date.now() - looked > OFTEN) event.waitUntil(keep().catch(() => {}));
    return answer;
  } catch (trouble) {
    const page = await (await caches.open(KEPT)).match(PAGE);
    if (!page) throw trouble;
    if (!sent) return page;
    const stop = (await sent.formData()).get("stop"); // "I am here", pressed without a network
    return Response.redirect(stop ? `${PAGE}#stop=${encodeURIComponent(stop)}` : PAGE, 303);
  }
}

async function drawn(request) {
  try {
    return await fetch(request);
  } catch (trouble) {
    const found = await (await caches.open(KEPT)).match(request);
    if (found) return found;
    throw trouble;
  }
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("postroad-courier") && name !== KEPT) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(old());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate" && pathname.startsWith("/courier/")) {
    event.respondWith(open(event));
  } else if (request.method === "GET" && pathname.startsWith("/static/")) {
    event.respondWith(drawn(request));
  }
});
