// Moves the progress of a file that is being checked; when there is more to say, the page says it anew.
"use strict";

const bar = document.getElementById("watched");

async function look() {
  try {
    const answer = await fetch(bar.dataset.progress, { headers: { Accept: "application/json" } });
    const { progress, ended } = await answer.json();
    if (ended) {
      location.reload();
      return;
    }
    bar.value = progress;
    bar.parentElement.querySelector("output").textContent = `${Math.floor(100 * progress)} %`;
  } catch {
    // The server may be starting again: the next look will tell.
  }
  setTimeout(look, 700);
}

if (bar) look();
