// Makes the pages live. Every page is complete without it: it moves progress bars with what the server says of jobs, and
// when a job's state changes it asks for the page again and puts the parts in place that differ.
"use strict";

const Interval = 700; // Milliseconds between two requests for the page, at least.
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

// Putting a newer version of an element in place of the present one, without touching what is the same: focus, selection,
// opened details and what has been typed stay.

function morph(present, wanted) {
    if (present.nodeType !== wanted.nodeType || present.nodeName !== wanted.nodeName || (present.id ?? "") !== (wanted.id ?? "")) {
        present.replaceWith(wanted);
        return;
    }
    if (present.nodeType !== Node.ELEMENT_NODE) {
        if (present.data !== wanted.data) present.data = wanted.data;
        return;
    }
    if (present.isEqualNode(wanted)) return;
    for (const { name } of [...present.attributes]) {
        if (!wanted.hasAttribute(name) && name !== "open") present.removeAttribute(name);
    }
    for (const { name, value } of wanted.attributes) {
        if (present.getAttribute(name) !== value) present.setAttribute(name, value);
    }
    if (present.tagName === "TIME" || present.hasAttribute("data-keep")) return;
    morphChildren(present, wanted);
}

function morphChildren(present, wanted) {
    const byId = new Map([...present.children].filter(child => child.id).map(child => [child.id, child]));
    let next = present.firstChild;
    for (const child of [...wanted.childNodes]) {
        const same = child.id ? byId.get(child.id) : undefined;
        if (same) {
            if (same === next) next = next.nextSibling;
            else present.insertBefore(same, next);
            morph(same, child);
        } else if (next && !next.id && !child.id) {
            const old = next;
            next = next.nextSibling;
            morph(old, child);
        } else {
            present.insertBefore(child, next);
        }
    }
    while (next) {
        const old = next;
        next = next.nextSibling;
        old.remove();
    }
}

/** Takes over from a page what is live in it, and what an action had to say. */
function show(page) {
    for (const part of page.querySelectorAll("[data-live][id]")) {
        const present = document.getElementById(part.id);
        if (present) morph(present, document.adoptNode(part));
    }
    const notices = page.getElementById("notices");
    if (notices?.children.length) document.getElementById("notices").replaceChildren(...[...notices.childNodes].map(node => document.adoptNode(node)));
    const navigation = page.querySelector("nav.nav");
    if (navigation) morph(document.querySelector("nav.nav"), document.adoptNode(navigation));
    tellTimes();
    document.dispatchEvent(new CustomEvent("page:shown"));
}

const parse = text => new DOMParser().parseFromString(text, "text/html");

// Asking for the page again: at once, but no more often than the interval, and not while nobody looks.

let asked = 0;
let timer = null;
let asking = false;

// A page that was asked for before another one that is shown already is older: it would bring back what has just gone.
let turn = 0;
let shown = 0;

function refresh() {
    if (timer !== null) return;
    timer = setTimeout(async () => {
        timer = null;
        if (document.hidden || asking) {
            stale = true;
            return;
        }
        asking = true;
        asked = performance.now();
        const mine = ++turn;
        try {
            const response = await fetch(location.href, { headers: { "X-Live": "1" } });
            if (response.redirected && new URL(response.url).pathname !== location.pathname) location.reload();
            else if (response.ok) {
                const text = await response.text();
                if (mine > shown) show(parse(text));
                else stale = true;
            }
        } catch {
            stale = true; // The connection's own sign says so.
        } finally {
            asking = false;
            if (stale && !document.hidden && source?.readyState === EventSource.OPEN) {
                stale = false;
                refresh();
            }
        }
    }, Math.max(0, asked + Interval - performance.now()));
}

let stale = false;
document.addEventListener("visibilitychange", () => {
    if (!document.hidden && stale) {
        stale = false;
        refresh();
    }
});

// Events. The browser connects again by itself and says which event it has seen last; when the server refuses
// (a restart, a proxy's error page) it gives up, and we try again.

const scope = () => document.querySelector("[data-scope]")?.dataset.scope;

const seen = new Map(); // Of the jobs that the page doesn't show: progress of theirs is no reason to ask again.

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
    const state = `${job.status} ${job.attempts}`;
    const isNews = seen.get(job.id) !== state;
    seen.set(job.id, state);
    if (changed || (!known && isNews && (scope() === "all" || document.querySelector(`[data-video="${job.videoId}"]`)))) refresh();
}

function onPauses({ byType }) {
    const told = Object.values(byType).map(type => type.paused ? Date.parse(type.pausedAt) : 0).join();
    if (document.getElementById("pauses")?.dataset.pauses !== told) refresh();
}

let source = null;
let lastEventId = document.documentElement.dataset.cursor ?? ""; // What happens between the page's making and the connection counts, too.
let retry = 1000;

function connect() {
    const parts = document.querySelectorAll("[data-live]");
    if (parts.length === 0 || !connection) return;
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
        stale = true;
        if (source.readyState === EventSource.CLOSED) {
            setTimeout(connect, retry);
            retry = Math.min(retry * 2, 30000);
        }
    };
}

let wasLost = false;

function tell(connected) {
    connection.hidden = false;
    connection.classList.toggle("lost", !connected);
    const text = connected ? "Live" : "Connection lost, trying again";
    if (connection.textContent !== text) connection.textContent = text;
    body.dataset.connected = `${connected}`;
    if (connected && wasLost) refresh(); // Whatever was missed.
    wasLost = !connected;
}

// Actions: the same forms, sent without leaving the page.

document.addEventListener("submit", async event => {
    const form = event.target;
    const button = event.submitter;
    if (!form.matches("form[data-action]") || event.defaultPrevented) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    try {
        const data = new FormData(form, button);
        const action = button?.getAttribute("formaction") ?? form.getAttribute("action");
        const response = await fetch(action, { method: "POST", body: new URLSearchParams(data) });
        const text = await response.text();
        if (response.ok && new URL(response.url).pathname === location.pathname) {
            shown = ++turn;
            show(parse(text));
        } else if (response.ok) {
            location.assign(response.url);
        } else {
            const said = parse(text).querySelector("main p");
            notify(said?.textContent ?? `The server refused it (${response.status}).`);
        }
    } catch {
        notify("The server doesn't answer. Nothing is known of what became of it; look again when the connection is back.");
    } finally {
        delete form.dataset.busy;
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

tellTimes();
setInterval(tellTimes, 1000);
connect();
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", event => {
    if (event.persisted) {
        connect();
        refresh();
    }
});
