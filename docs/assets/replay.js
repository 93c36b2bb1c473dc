// Goes through a drawing step by step. The page is whole without this.
"use strict";

(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  // What is on the buttons, on a ground of 24 by 24.
  const SHAPES = {
    first: "M6 5h2.5v14H6z M19 5v14l-9.5-7z",
    back: "M16.5 5v14L7 12z",
    next: "M7.5 5v14l9.5-7z",
    play: "M6 4v16l14-8z",
    pause: "M6.5 5h4v14h-4z M13.5 5h4v14h-4z",
  };

  function make(name, parent, attributes = {}) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      element.setAttribute(key, value);
    }
    return parent.appendChild(element);
  }

  class Replay {
    constructor(figure) {
      this.figure = figure;
      this.labels = figure.dataset;
      this.items = [...figure.querySelectorAll(".replay-words li")];
      this.marked = [...figure.querySelectorAll("[data-step]")];
      this.step = 0; // 0: the whole drawing
      this.timer = null;

      const details = figure.querySelector("details");
      details.open = false;
      this.bar = make("div", figure, { class: "replay-bar" });
      figure.insertBefore(this.bar, details);
      const group = { role: "group", "aria-label": this.labels.controls };
      this.controls = make("div", this.bar, { class: "replay-controls", ...group });
      this.button("first", () => this.go(1));
      this.back = this.button("back", () => this.go(this.step - 1));
      this.next = this.button("next", () => this.go(this.step + 1));
      this.toggle = this.button("play", () => this.playOrPause());
      this.count = make("span", this.controls, { class: "replay-count" });
      this.said = make("p", this.bar, { class: "replay-said", "aria-live": "polite" });
      this.bar.addEventListener("keydown", (event) => this.key(event));
      this.show();
    }

    button(name, act) {
      const button = make("button", this.controls, { type: "button" });
      button.addEventListener("click", () => {
        if (name !== "play") this.pause();
        act();
      });
      this.face(button, name);
      return button;
    }

    face(button, name) {
      button.setAttribute("aria-label", this.labels[name]);
      button.title = this.labels[name];
      button.innerHTML =
        `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${SHAPES[name]}"/></svg>`;
    }

    key(event) {
      const last = this.items.length;
      const places = {
        ArrowRight: this.step + 1, ArrowLeft: this.step - 1, Home: 1, End: last,
      };
      if (!(event.key in places) || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.pause();
      this.go(places[event.key]);
    }

    go(step) {
      this.step = Math.min(Math.max(step, 0), this.items.length);
      this.show();
      this.move();
      this.keepInSight();
    }

    show() {
      const { step, items } = this;
      this.figure.classList.toggle("going", step > 0);
      for (const element of this.marked) {
        const its = Number(element.dataset.step);
        element.classList.toggle("future", step > 0 && its > step);
        element.classList.toggle("now", its === step);
      }
      items.forEach((item, place) => {
        if (place + 1 === step) item.setAttribute("aria-current", "step");
        else item.removeAttribute("aria-current");
      });
      this.said.textContent = step ? items[step - 1].textContent : this.labels.start;
      this.count.textContent = step
        ? this.labels.count.replace("{n}", step).replace("{total}", items.length)
        : "";
      // Not `disabled`: the keyboard's focus would be lost.
      this.back.setAttribute("aria-disabled", step === 0);
      this.next.setAttribute("aria-disabled", step === items.length);
    }

    // The bytes of this step go their way.
    move() {
      if (still.matches) return;
      for (const packet of this.figure.querySelectorAll(".now .fil-packet")) {
        const far = `translateX(${packet.dataset.far}px)`;
        const way = [{ transform: "none", opacity: 1 }, { transform: far, opacity: 1 }];
        const leaving = { transform: far, opacity: 0 };
        packet.animate([...way, leaving], { duration: 1100, easing: "ease-in-out" });
      }
      for (const piece of this.figure.querySelectorAll(".now .fil-slide")) {
        const from = { transform: "translateX(-24px)", opacity: 0 };
        piece.animate([from, { transform: "none", opacity: 1 }], 600);
      }
    }

    // A tall drawing is scrolled so that this step is to be seen above the bar.
    keepInSight() {
      const now = [...this.figure.querySelectorAll(".fil-step.now")]
        .map((element) => element.getBoundingClientRect())
        .find((box) => box.height > 0);
      if (!now) return;
      const bottom = window.innerHeight - this.bar.offsetHeight - 24;
      let by = 0;
      if (now.bottom > bottom) by = now.bottom - bottom + 40;
      else if (now.top < 96) by = now.top - 136;
      if (by) window.scrollBy({ top: by, behavior: still.matches ? "auto" : "smooth" });
    }

    playOrPause() {
      if (this.timer) return this.pause();
      if (this.step === this.items.length) this.step = 0;
      this.face(this.toggle, "pause");
      this.turn();
    }

    turn() {
      this.go(this.step + 1);
      // Long enough to read what is said.
      const pause = 1400 + 45 * this.said.textContent.length;
      this.timer = setTimeout(() => {
        if (this.step < this.items.length && this.figure.isConnected) this.turn();
        else this.pause();
      }, pause);
    }

    pause() {
      clearTimeout(this.timer);
      this.timer = null;
      this.face(this.toggle, "play");
    }
  }

  function begin() {
    for (const figure of document.querySelectorAll("figure.replay:not(.ready)")) {
      figure.classList.add("ready");
      new Replay(figure);
    }
  }

  // Material changes pages without loading them, where that is switched on.
  if (window.document$) window.document$.subscribe(begin);
  else if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin);
  else begin();
})();
