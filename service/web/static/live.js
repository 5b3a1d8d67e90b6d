// What moves by itself: the clock, fragments told by the server that they are old, and buttons that are pressed once.

const MINUTE = 60_000;

function tick() {
  const clock = document.getElementById("clock");
  if (!clock) return;
  const zone = clock.dataset.zone;
  const started = Date.parse(clock.getAttribute("datetime"));
  const offset = started - performance.timeOrigin; // the server's clock counts, not this device's
  const draw = () => {
    const now = new Date(performance.timeOrigin + performance.now() + offset);
    clock.querySelector("b").textContent = new Intl.DateTimeFormat("en-GB", {
      hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone,
    }).format(now);
  };
  setInterval(draw, MINUTE / 4);
}

// Elements with data-stream are refreshed by htmx ("refresh" in their hx-trigger) at each event of the stream. Only a page
// that is looked at listens: a browser has few connections to a host, and a person many tabs.
const streams = new Map();
const AGAIN_MS = 15_000;

function refresh(address) {
  for (const each of document.querySelectorAll(`[data-stream="${CSS.escape(address)}"]`)) each.dispatchEvent(new CustomEvent("refresh"));
}

function listen() {
  if (document.hidden) return;
  for (const address of new Set([...document.querySelectorAll("[data-stream]")].map((one) => one.dataset.stream))) {
    if (!streams.has(address)) open(address);
  }
}

function open(address) {
  const source = new EventSource(address);
  let broken = false;
  streams.set(address, source);
  source.addEventListener("changed", () => refresh(address));
  source.addEventListener("message", () => refresh(address));
  source.addEventListener("open", () => {
    if (broken) refresh(address); // what happened meanwhile
    broken = false;
  });
  source.addEventListener("error", () => {
    broken = true;
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    streams.delete(address);
    setTimeout(() => { listen(); refresh(address); }, AGAIN_MS);
  });
}

function deafen() {
  for (const source of streams.values()) source.close();
  streams.clear();
}

function looked() {
  if (document.hidden) {
    deafen();
    return;
  }
  listen();
  for (const address of streams.keys()) refresh(address);
}

// A page that cannot be kept current says so, and since when.
let currentAt = new Date();
let leaving = false;

function judge({ detail: { ctx } }) {
  if (leaving || !ctx) return;
  const status = ctx.response?.status ?? 0;
  if (status && status < 400) {
    currentAt = new Date();
    document.getElementById("stale")?.remove();
    return;
  }
  const main = document.getElementById("main");
  const bar = document.getElementById("stale") ?? Object.assign(document.createElement("p"), { id: "stale", className: "stale", role: "status" });
  const said = status === 401 ? ["The sign-in has ended.", "/sign-in?then=" + encodeURIComponent(location.pathname + location.search), "Sign in"]
    : [status ? "This page cannot be kept current." : "The server does not answer.", location.href, "Load the page again"];
  const time = currentAt.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: document.getElementById("clock")?.dataset.zone });
  if (bar.dataset.status !== String(status)) {
    bar.dataset.status = status;
    bar.replaceChildren(`${said[0]} What is shown is as of ${time}. `, Object.assign(document.createElement("a"), { href: said[1], textContent: said[2] }));
  }
  if (!bar.isConnected) main?.prepend(bar);
}

document.addEventListener("htmx:finally:request", judge);
window.addEventListener("beforeunload", () => { leaving = true; });

// A double click sends one request: the pressed button is marked, a second submit within the page is dropped.
function once(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  (event.submitter ?? form.querySelector("button"))?.setAttribute("aria-busy", "true");
}

// Coming back with the browser's own button must find the form usable again.
function again() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("form button[aria-busy]")) button.removeAttribute("aria-busy");
  listen();
}

document.addEventListener("submit", once);
window.addEventListener("pageshow", again);
window.addEventListener("pagehide", deafen);
document.addEventListener("visibilitychange", looked);
document.querySelector(".summary")?.focus();
tick();
