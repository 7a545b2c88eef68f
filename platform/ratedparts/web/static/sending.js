// Sends a large results file in pieces (tus 1.0), and goes on where an interrupted one stopped.
// Small files, and browsers without scripts, use the form as it is.
"use strict";

const PIECE = 8 * 1024 * 1024;
const SMALL = 4 * 1024 * 1024;
const PATIENCE = [500, 1000, 2000, 4000, 8000]; // milliseconds before each further try

const form = document.querySelector("form[data-pieces]");
const shown = form.querySelector(".sending");

function headers(more) {
  return { "Tus-Resumable": "1.0.0", "X-CSRFToken": form.elements.csrf_token.value, ...more };
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function remembered(file) {
  return ["upload", form.dataset.pieces, file.name, file.size, file.lastModified].join(" ");
}

async function begin(file) {
  const metadata = { file_name: file.name, encoding: form.elements.encoding.value || "utf-8" };
  const told = Object.entries(metadata).map(([key, value]) => `${key} ${base64(value)}`);
  const answer = await fetch(form.dataset.pieces, {
    method: "POST",
    headers: headers({ "Upload-Length": String(file.size), "Upload-Metadata": told.join(",") }),
  });
  if (answer.status !== 201) throw new Refused(answer);
  const place = answer.headers.get("Location");
  localStorage.setItem(remembered(file), place);
  return { place, offset: 0 };
}

async function goOn(file) {
  const place = localStorage.getItem(remembered(file));
  if (!place) return begin(file);
  const answer = await fetch(place, { method: "HEAD", headers: headers() });
  if (!answer.ok) return begin(file);
  return { place, offset: Number(answer.headers.get("Upload-Offset")) };
}

class Refused extends Error {
  constructor(answer) {
    super(`refused with ${answer.status}`);
    this.status = answer.status;
  }
}

async function send(file, place, offset) {
  while (offset < file.size) {
    const answer = await fetch(place, {
      method: "PATCH",
      headers: headers({ "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) }),
      body: file.slice(offset, offset + PIECE),
    });
    if (answer.status !== 204) throw new Refused(answer);
    offset = Number(answer.headers.get("Upload-Offset"));
    show(offset / file.size);
  }
}

function show(share) {
  shown.hidden = false;
  shown.querySelector("progress").value = share;
  shown.querySelector("output").textContent = `${Math.floor(100 * share)} %`;
}

async function sendWhole(file) {
  let failures = 0;
  for (;;) {
    let place;
    try {
      const found = await goOn(file);
      place = found.place;
      show(found.offset / file.size);
      await send(file, place, found.offset);
    } catch (problem) {
      const final = problem instanceof Refused && problem.status !== 409 && problem.status < 500;
      if (!final && failures < PATIENCE.length) {
        await new Promise((resolve) => setTimeout(resolve, PATIENCE[failures++]));
        continue;
      }
      if (!final || !place) throw problem;
    }
    localStorage.removeItem(remembered(file));
    location.assign(form.dataset.watch.replace("NUMBER", place.split("/").pop()));
    return;
  }
}

form.addEventListener("submit", (event) => {
  const file = form.elements.file.files[0];
  if (!file || file.size <= SMALL) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  sendWhole(file).catch(() => {
    button.disabled = false;
    shown.querySelector("output").textContent = form.dataset.interrupted;
  });
});
