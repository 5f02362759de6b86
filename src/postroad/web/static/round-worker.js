// Without a network the driver's pages are one page, which the phone keeps: /courier/round/.
// Kept are that page as nobody in particular sees it, and what it is drawn with; never another
// page of somebody who signed in, and so never a door sheet.
const KEPT = "postroad-courier-1";
const PAGE = "/courier/round/";
const ROUTE = "/courier/"; // which is told where the van stands, and no more
const NOT_THERE = [502, 503, 504]; // a front that reaches no server
const OFTEN = 10 * 60 * 1000; // ms between two looks whether the page has changed
const PATIENCE = 6000; // ms: a network that is there and answers nothing is none
const HASHED = /\.[0-9a-f]{12}\.\w+$/; // what is called so never changes

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

const kept = async (what) => (await caches.open(KEPT)).match(what);

// The network's answer. Where something is kept to show in its place, it may not take for ever.
function asked(request, instead) {
  const answer = fetch(request);
  if (!instead) return answer;
  answer.catch(() => {}); // it may fail when nobody waits for it any more
  const late = new Promise((_, failed) => setTimeout(failed, PATIENCE, new Error("no answer")));
  return Promise.race([answer, late]);
}

async function open(event) {
  const { request } = event;
  const sent = request.method === "POST" ? request.clone() : null;
  const page = await kept(PAGE);
  const atAll = sent && new URL(request.url).pathname !== ROUTE; // it may be under way: it is waited for
  try {
    const answer = await asked(request, atAll ? null : page);
    if (NOT_THERE.includes(answer.status)) throw new Error("not there");
    if (Date.now() - looked > OFTEN) event.waitUntil(keep().catch(() => {}));
    return answer;
  } catch (trouble) {
    if (!page) throw trouble;
    if (!sent) return page;
    const stop = (await sent.formData()).get("stop"); // "I am here", pressed without a network
    return Response.redirect(stop ? `${PAGE}#stop=${encodeURIComponent(stop)}` : PAGE, 303);
  }
}

async function drawn(request) {
  const found = await kept(request);
  if (found && HASHED.test(new URL(request.url).pathname)) return found;
  try {
    return await asked(request, found);
  } catch (trouble) {
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
