"use strict";

const byId = (id) => document.getElementById(id);

/** The policy that the user chose; null follows the best. */
let chosen = null;

/** Puts new HTML into a section, with its tables folded but for those that the user opened. */
function replace(section, html) {
  const open = [...section.querySelectorAll("details")].map((details) => details.open);
  section.innerHTML = html;
  section.querySelectorAll("details").forEach((details, index) => {
    details.open = open[index] ?? false;
  });
  section.querySelectorAll("figure:has([data-policy])").forEach((figure) => {
    figure.tabIndex = 0;
    figure.title = "Click a point, or use the arrow keys, to see its policy";
  });
}

/** Marks the points of the policy that is shown. */
function highlight() {
  const shown = byId("policy")?.querySelector("[data-shown]")?.dataset.shown;
  document.querySelectorAll(".selected").forEach((mark) => mark.classList.remove("selected"));
  document.querySelectorAll(`[data-policy="${shown}"]`).forEach((mark) => {
    mark.classList.add("selected");
    mark.parentNode.append(mark);
  });
}

async function choose(number) {
  const answer = await fetch(number === null ? "policies/best" : `policies/${number}`);
  if (!answer.ok) {
    byId("announcement").textContent =
      number === null ? "No policy has been measured yet." : `There is no policy ${number}.`;
    return;
  }
  chosen = number;
  byId("number").value = number ?? "";
  replace(byId("policy"), await answer.text());
  byId("announcement").textContent = byId("policy").querySelector("h2")?.textContent ?? "";
  highlight();
}

byId("choice").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("number").value;
  choose(text === "" ? null : Number(text));
});
byId("follow").addEventListener("click", () => choose(null));

/** Points are small, so the nearest one within reach is meant. */
document.addEventListener("click", (event) => {
  const drawing = event.target.closest("svg");
  if (!drawing) return;
  let nearest = { distance: 16 };
  for (const mark of drawing.querySelectorAll("[data-policy]")) {
    const box = mark.getBoundingClientRect();
    const distance = Math.hypot(
      box.x + box.width / 2 - event.clientX, box.y + box.height / 2 - event.clientY);
    if (distance < nearest.distance) nearest = { distance, number: Number(mark.dataset.policy) };
  }
  if (nearest.number) choose(nearest.number);
});

/** In a chart, the arrow keys go from point to point, from left to right. */
document.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const figure = event.target.closest("figure");
  if (!step || !figure) return;
  const place = (mark) => mark.getBoundingClientRect().x;
  const marks = [...figure.querySelectorAll("[data-policy]")].sort((a, b) => place(a) - place(b));
  const numbers = [...new Set(marks.map((mark) => Number(mark.dataset.policy)))];
  if (numbers.length === 0) return;
  event.preventDefault();
  const shown = Number(byId("policy").querySelector("[data-shown]")?.dataset.shown);
  const next = Math.min(Math.max(numbers.indexOf(shown) + step, 0), numbers.length - 1);
  choose(numbers[next]);
});

/** Times that pass: "12 s ago", and workers that take longer than ever. */
function tick() {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const seconds = Math.max(0, Math.round((now - Date.parse(time.dateTime)) / 1000));
    time.textContent =
      seconds < 100 ? `${seconds} s ago`
      : seconds < 6000 ? `${Math.round(seconds / 60)} min ago`
      : `${Math.round(seconds / 3600)} h ago`;
  }
  for (const state of document.querySelectorAll("[data-overdue]")) {
    if (now > Date.parse(state.dataset.overdue)) state.textContent = "silent for longer than ever";
  }
}
setInterval(tick, 1000);

/** The figure that has the keyboard keeps it when it is drawn anew. */
function update(fragments) {
  const figure = document.activeElement?.closest("figure");
  const section = figure?.closest("section");
  const index = section ? [...section.querySelectorAll("figure")].indexOf(figure) : -1;
  for (const [name, html] of Object.entries(fragments)) {
    const target = byId(name);
    if (!target) location.reload();
    else if (name !== "policy" || chosen === null) replace(target, html);
  }
  if (index >= 0) section.querySelectorAll("figure")[index]?.focus({ preventScroll: true });
  if (chosen === null) byId("announcement").textContent = "";
  highlight();
  tick();
}

const connection = byId("connection");

/** Only a running search is followed live; the status says what an ended one is. */
function showConnection() {
  const following = document.querySelector("[data-following]")?.dataset.following ?? "connected";
  connection.textContent = following;
  connection.className = following === "live" ? "live" : "";
}

const events = new EventSource("events");
events.onopen = showConnection;
events.onerror = () => {
  connection.textContent = "not connected: has haq dashboard ended? Trying again";
  connection.className = "lost";
};
events.onmessage = (event) => {
  update(JSON.parse(event.data));
  showConnection();
};
document.querySelectorAll("details").forEach((details) => (details.open = false));
highlight();
tick();
