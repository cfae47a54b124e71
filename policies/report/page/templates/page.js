"use strict";
(() => {
  const form = document.getElementById("filter");
  const find = document.getElementById("find");
  const shown = document.getElementById("shown");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const rows = [...document.querySelectorAll(".row[data-status]")];
  const lists = [...document.querySelectorAll(".list")];
  const texts = new Map();
  const text = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };
  const apply = () => {
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const asked = words.length > 0 || wanted.size < boxes.length;
    let seen = 0;
    for (const row of rows) {
      const stays = wanted.has(row.dataset.status) && words.every((word) => text(row).includes(word));
      row.classList.toggle("away", !stays);
      seen += stays;
    }
    for (const list of lists) {
      const some = list.querySelector(".row:not(.away)") !== null;
      list.classList.toggle("away", !some);
      if (list.tagName === "DETAILS" && asked && some && seen < 200) list.open = true;
    }
    shown.textContent = asked ? `${seen} of ${rows.length} entries shown` : "";
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  // A place inside what is closed is opened, with all around it.
  const reveal = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let one = place; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    if (place) place.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();
  // Paper shows everything.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
})();
