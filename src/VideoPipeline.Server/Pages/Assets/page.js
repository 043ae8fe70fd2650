// Makes the pages live. Every page is complete without it: it moves progress bars with what the server says of jobs, and
// when a job's state changes it asks for the page again and puts the parts in place that differ.
"use strict";

const Interval = 700; // Milliseconds between an answer and the next request for the page, at least.
const LongestInterval = 30000; // While requests fail.
const body = document.body;
const connection = document.querySelector("[data-connection]");

// Times, in the words of the server (Readable.cs).

const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

const coarse = seconds => {
    const [unit, name] = units.find(([unit]) => seconds >= unit) ?? units[3];
    return `${Math.floor(seconds / unit)} ${name}`;
};

const ago = (at, now) => {
    const seconds = (now - at) / 1000;
    return Math.abs(seconds) < 1 ? "now" : seconds > 0 ? `${coarse(seconds)} ago` : `in ${coarse(-seconds)}`;
};

function tellTimes(root = document) {
    const now = Date.now();
    for (const element of root.querySelectorAll("time[data-moment]")) {
        const at = new Date(element.dateTime);
        const local = at.toLocaleString();
        const text = element.dataset.moment === "exact" ? local : ago(at, now);
        if (element.textContent !== text) element.textContent = text;
        if (element.title !== local) element.title = local;
    }
}

/** Takes over from a page what is live in it, and what an action had to say. */
function show(page) {
    const focused = document.activeElement;
    for (const part of page.querySelectorAll("[data-live][id]")) {
        const present = document.getElementById(part.id);
        if (present) morph(present, document.adoptNode(part));
    }
    const notices = page.getElementById("notices");
    if (notices?.children.length) document.getElementById("notices").replaceChildren(...[...notices.childNodes].map(node => document.adoptNode(node)));
    const navigation = page.querySelector("nav.nav");
    if (navigation) morph(document.querySelector("nav.nav"), document.adoptNode(navigation));
    if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true }); // It was moved.
    tellTimes();
}

const parse = text => new DOMParser().parseFromString(text, "text/html");

// Asking for the page again: when an event is a reason to, and now and then for what no event tells of. At once, but with
// an interval after each answer, and not while nobody looks.

const every = 1000 * (document.querySelector("[data-refresh]")?.dataset.refresh ?? 20);

let stale = false;
let asking = false;
let timer = null;
let interval = Interval;
let answered = -Interval;
let nextLook = setTimeout(refresh, every);

// A page that was asked for before another one that is shown already is older: it would bring back what has just gone.
let turn = 0;
let shown = 0;

function refresh() {
    stale = true;
    if (asking || timer !== null || document.hidden) return;
    timer = setTimeout(ask, Math.max(0, answered + interval - performance.now()));
}

/** Without waiting for longer because of what has failed before. */
function refreshNow() {
    clearTimeout(timer);
    timer = null;
    interval = Interval;
    refresh();
}

async function ask() {
    timer = null;
    if (document.hidden) return;
    asking = true;
    stale = false;
    const mine = ++turn;
    try {
        const response = await fetch(location.href, { headers: { Accept: "text/html", "X-Live": "1" } });
        if (leads(response)) return;
        if (!response.ok) throw new Error(`The page answers ${response.status}.`);
        const text = await response.text();
        if (mine > shown) show(parse(text));
        else stale = true;
        interval = Interval;
    } catch {
        stale = true; // The connection's own sign says so.
        interval = Math.min(interval * 2, LongestInterval);
    } finally {
        asking = false;
        answered = performance.now();
        clearTimeout(nextLook);
        nextLook = setTimeout(refresh, every);
        if (stale) refresh();
    }
}

/** Whether the answer is another page than the one that was meant: whose session has ended is led to the sign-in, and back here from there. */
function leads(response) {
    const elsewhere = response.redirected && new URL(response.url).pathname !== location.pathname;
    if (elsewhere) location.reload();
    return elsewhere;
}

// Events. The browser connects again by itself and says which event it has seen last; when the server refuses
// (a restart, a proxy's error page) it gives up, and we try again.

/** Of which jobs the page may show more than it does: all, or those of a type. */
const scope = () => document.querySelector("[data-scope]")?.dataset.scope;

const MostSeen = 1000;
const seen = new Map(); // Of jobs that the page doesn't show: progress of theirs is no reason to ask again.

/** Whether the job's state is another one than it was when it was last told. */
function isNews({ id, status, attempts }) {
    const state = `${status} ${attempts}`;
    const news = seen.get(id) !== state;
    seen.delete(id);
    seen.set(id, state);
    if (seen.size > MostSeen) seen.delete(seen.keys().next().value); // The one of which nothing was told for longest.
    return news;
}

function onJob(job) {
    const cells = document.querySelectorAll(`[data-job="${job.id}"]`);
    const known = cells.length > 0;
    let changed = false;
    for (const cell of cells) {
        if (cell.dataset.status !== job.status || (cell.dataset.attempts ?? `${job.attempts}`) !== `${job.attempts}`) {
            changed = true;
        } else if (job.status === "processing") {
            const bar = cell.querySelector("[data-progress]");
            if (bar) {
                const percent = job.progress ?? 0;
                bar.setAttribute("value", `${Math.round(percent * 10) / 10}`);
                bar.textContent = `${Math.round(percent * 10) / 10} %`;
                const text = cell.querySelector("[data-progress-text]");
                if (text) {
                    text.textContent = [
                        `${Math.floor(percent)} %`,
                        job.speed > 0 ? `${job.speed.toFixed(1)}×` : null,
                        job.etaSeconds >= 0 && job.etaSeconds !== null ? `${coarse(job.etaSeconds)} left` : null,
                    ].filter(part => part !== null).join(" · ");
                }
            }
        }
    }
    const news = isNews(job);
    if (changed || (!known && news && (["all", job.jobType].includes(scope()) || document.querySelector(`[data-video="${job.videoId}"]`)))) refresh();
}

function onPauses({ byType }) {
    const told = Object.values(byType).map(type => type.paused ? Date.parse(type.pausedAt) : 0).join();
    if (document.getElementById("pauses")?.dataset.pauses !== told) refresh();
}

// A browser has few connections to one server for all of its tabs: a page at which nobody looks keeps none.

let source = null;
let reconnect = null;
let lastEventId = document.documentElement.dataset.cursor ?? ""; // What happens between the page's making and the connection counts, too.
let retry = 1000;

function connect() {
    disconnect();
    if (document.hidden || !connection || !document.querySelector("[data-live]")) return;
    const query = new URLSearchParams(document.querySelector("[data-events]")?.dataset.events ?? "");
    if (lastEventId) query.set("lastEventId", lastEventId);
    source = new EventSource(`/api/events?${query}`);
    const on = (name, handle) => source.addEventListener(name, event => {
        if (event.lastEventId) lastEventId = event.lastEventId;
        handle(event);
    });
    on("job", event => onJob(JSON.parse(event.data)));
    on("queue", event => onPauses(JSON.parse(event.data)));
    on("reset", refresh);
    source.onopen = () => {
        retry = 1000;
        tell(true);
    };
    source.onerror = () => {
        tell(false);
        if (source.readyState === EventSource.CLOSED) {
            clearTimeout(reconnect);
            reconnect = setTimeout(connect, retry);
            retry = Math.min(retry * 2, 30000);
            refresh(); // The page's answer tells whether it is the session that has ended.
        }
    };
}

function disconnect() {
    clearTimeout(reconnect);
    source?.close();
}

function connectAndRefresh() {
    connect();
    refreshNow();
}

document.addEventListener("visibilitychange", () => document.hidden ? disconnect() : connectAndRefresh());
addEventListener("pagehide", disconnect);
addEventListener("pageshow", event => event.persisted && connectAndRefresh());

const isLive = document.querySelector("main [data-live]:not(#pauses)") !== null;
let wasLost = false;

function tell(connected) {
    connection.hidden = connected && !isLive;
    connection.classList.toggle("lost", !connected);
    const text = connected ? "Live" : "Connection lost, trying again";
    if (connection.textContent !== text) connection.textContent = text;
    body.dataset.connected = `${connected}`;
    if (connected && wasLost) refreshNow(); // Whatever was missed.
    wasLost = !connected;
}

// Actions: the same forms, sent without leaving the page.

const busy = new WeakSet();

document.addEventListener("submit", async event => {
    const form = event.target;
    const button = event.submitter;
    if (!form.matches("form[data-action]") || event.defaultPrevented) return;
    event.preventDefault();
    if (busy.has(form)) return;
    busy.add(form);
    form.setAttribute("aria-busy", "true");
    try {
        const data = new FormData(form, button);
        const action = button?.getAttribute("formaction") ?? form.getAttribute("action");
        const response = await fetch(action, { method: "POST", headers: { Accept: "text/html" }, body: new URLSearchParams(data) });
        if (leads(response)) return;
        const page = parse(await response.text());
        if (response.ok) {
            shown = ++turn;
            show(page);
        } else {
            notify(page.querySelector("main p")?.textContent ?? `The server refused it (${response.status}).`);
        }
    } catch {
        notify("The server doesn't answer. Nothing is known of what became of it; look again when the connection is back.");
    } finally {
        busy.delete(form);
        form.removeAttribute("aria-busy");
    }
});

function notify(text) {
    const notice = document.createElement("p");
    notice.className = "notice notice-error";
    notice.textContent = text;
    document.getElementById("notices").replaceChildren(notice);
}

// Boxes that mark all others of their table.

document.addEventListener("change", event => {
    const all = event.target.closest?.("[data-marks]");
    if (all) for (const box of document.querySelectorAll(`input[name="${all.dataset.marks}"]`)) box.checked = all.checked;
});

// A form that was refused is shown at the address to which it was sent; the page is the one with the form.
const here = document.getElementById("main")?.dataset.here;
if (here) history.replaceState(null, "", here);

tellTimes();
setInterval(tellTimes, 1000);
connect();
