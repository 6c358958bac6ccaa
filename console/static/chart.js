/* The curve of a story, drawn over the picture that the server made: it can be read off with the pointer or the
   arrow keys. Its numbers stand in data-curve (console/curves.py). Without this file the picture stays. */
(function () {
  "use strict";

  const ROW = 17, BAND = 14; // the band above the plot in which marks are told
  const INCREMENTS = [];
  for (let size = 1; size <= 1e9; size *= 10) INCREMENTS.push(size, 2 * size, 5 * size);
  const LANGUAGES = { en: "en-GB", it: "it" }; // as console/tongue.py: the day before the month
  const charts = new Map(); // the element -> its chart

  const look = getComputedStyle(document.documentElement);
  const INKS = { calm: "line-strong", count: "ink-3", press: "t-media" }; // of marks; a level has its own
  const ink = (name) => () => look.getPropertyValue("--" + name).trim();
  const faded = (name, share) => () => `color-mix(in srgb, ${ink(name)()} ${share}%, transparent)`;
  const font = (weight) => `${weight} 12px ${look.fontFamily}`;

  class Curve {
    constructor(place) {
      this.place = place;
      this.given = JSON.parse(place.dataset.curve);
      this.words = new Words(LANGUAGES[document.documentElement.lang], this.given);
      this.marks = this.given.marks;
      this.readout = place.appendChild(Object.assign(document.createElement("p"), { className: "note readout" }));
      this.plot = new uPlot(this.options(), this.data(), (plot, begin) => { place.prepend(plot.root); begin(); });
      this.sized = new ResizeObserver(() => this.plot.setSize(this.size()));
      this.sized.observe(place);
      this.speak();
      this.tell(null);
      this.show();
    }

    show() {
      this.place.closest("figure").classList.add("drawn"); // the server's picture gives way
    }

    data() {
      const { at, count, forecast } = this.given;
      if (!forecast) return [at, count];
      const still = forecast.at[0] > at.at(-1) ? [[forecast.at[0]], [count.at(-1)]] : [[], []]; // until now
      return uPlot.join([[[...at, ...still[0]], [...count, ...still[1]]], [forecast.at, forecast.low, forecast.high, forecast.middle]]);
    }

    size() {
      const width = Math.max(120, this.place.clientWidth);
      return { width, height: (width < 450 ? 190 : 240) + this.band() };
    }

    /* As high as the labels above the plot; where marks have the numbers of a legend below it, a single row. */
    band() {
      return ROW * (this.given.rows.length ? 1 : this.marks.length);
    }

    options() {
      const { from, to } = this.given;
      const axis = { stroke: ink("ink-3"), font: font(500), grid: { show: false }, ticks: { stroke: ink("line-strong"), width: 1, size: 4 } };
      return {
        ...this.size(),
        padding: [BAND + this.band(), 14, 0, 0],
        legend: { show: false },
        tzDate: (s) => this.words.local(s),
        scales: { x: { range: () => [from, to] }, y: { range: (_, low, high) => [0, Math.max(4, (this.given.forecast?.top ?? high) * 1.06)] } },
        axes: [
          { ...axis, space: 62, size: 30, filter: (_, at) => this.past(at), ticks: { ...axis.ticks, filter: (_, at) => this.past(at) }, values: (_, at) => at.map((s) => s === null ? "" : this.words.tick(s)) },
          {
            ...axis, space: 44, incrs: INCREMENTS, ticks: { show: false }, grid: { stroke: ink("line"), width: 1 },
            size: (_, said) => 14 + 7 * Math.max(1, ...(said || []).map((word) => word.length)),
            values: (_, counts) => counts.map((n) => this.words.number(n)),
          },
        ],
        series: [{}, this.line("ink", { width: 2.2, paths: uPlot.paths.stepped({ align: 1 }) }), ...this.fan()],
        bands: this.given.forecast ? [{ series: [3, 2], fill: faded("t-spread", 16) }] : [],
        cursor: { y: false, drag: { x: false, y: false }, points: this.point() },
        hooks: { drawClear: [(plot) => this.drawGaps(plot)], draw: [(plot) => this.drawMarks(plot)], setCursor: [(plot) => this.tell(plot.cursor.idx)] },
      };
    }

    /* A forecast is of the size in the end, not of when: below it there is no clock. */
    past(at) {
      const { forecast } = this.given;
      return forecast ? at.map((s) => (s > forecast.at[0] ? null : s)) : at;
    }

    /* Where the cursor is, on the curve alone. */
    point() {
      const only = (size) => (_, line) => (line === 1 ? size : 0);
      return { size: only(8), width: only(2), stroke: ink("ink"), fill: ink("card") };
    }

    line(name, more) {
      return { stroke: ink(name), points: { show: false }, ...more };
    }

    fan() {
      if (!this.given.forecast) return [];
      const edge = this.line("t-spread", { width: 0 });
      return [edge, edge, this.line("t-spread", { width: 2, dash: [5, 5] })];
    }

    drawMarks(plot) {
      const { ctx } = plot, px = devicePixelRatio;
      ctx.save();
      ctx.setLineDash([]);
      if (this.given.forecast) this.drawAhead(plot, px);
      ctx.font = this.sizedFont(560, px);
      const { rows } = this.given, step = rows.length ? 0 : ROW;
      this.marks.forEach((mark, row) => this.drawStem(plot, mark, (BAND + step * row) * px, px));
      for (const mark of this.marks) this.drawDot(plot, mark, px);
      rows.forEach(([first, last], at) => this.drawNumber(plot, at + 1, first, last, px));
      if (!rows.length) this.marks.forEach((mark, row) => this.drawLabel(plot, mark, (BAND + ROW * row) * px, px));
      ctx.restore();
    }

    /* When a source told nothing: what is not there was not heard. */
    drawGaps(plot) {
      const { ctx, bbox } = plot, right = bbox.left + bbox.width;
      ctx.save();
      ctx.fillStyle = ink("gap")();
      for (const gap of this.given.gaps ?? []) {
        const begin = Math.max(bbox.left, plot.valToPos(gap.from, "x", true));
        const end = Math.min(right, plot.valToPos(gap.to, "x", true));
        if (begin < end) ctx.fillRect(begin, bbox.top, end - begin, bbox.height);
      }
      ctx.restore();
    }

    sizedFont(weight, px) {
      return font(weight).replace("12px", `${12 * px}px`);
    }

    /* What the fan says: its middle, and that its right edge is the end. */
    drawAhead(plot, px) {
      const { ctx, bbox } = plot, { about, end, middle } = this.given.forecast, right = bbox.left + bbox.width;
      ctx.font = this.sizedFont(500, px);
      ctx.textAlign = "right";
      ctx.textBaseline = "alphabetic";
      ctx.fillStyle = ink("ink-3")();
      ctx.fillText(end, right, bbox.top + bbox.height + 19 * px);
      ctx.font = this.sizedFont(560, px);
      const { x, y } = this.leaves(plot, middle, right);
      this.drawSaid(ctx, about, x - 2 * px, Math.max(y - 6 * px, bbox.top + 11 * px), px);
    }

    /* Where the middle of the fan ends: at the right edge, or at the top before it. */
    leaves(plot, [from, to], right) {
      const { top } = plot.bbox, left = plot.valToPos(this.given.forecast.at[0], "x", true);
      const begin = plot.valToPos(from, "y", true), y = plot.valToPos(to, "y", true);
      return y >= top ? { x: right, y } : { x: left + (right - left) * (begin - top) / (begin - y), y: top };
    }

    drawStem(plot, mark, y, px) {
      const { ctx } = plot, x = plot.valToPos(mark.at, "x", true);
      ctx.strokeStyle = ink(mark.kind in INKS ? INKS[mark.kind] : "line-strong")();
      ctx.setLineDash(mark.kind === "count" ? [3 * px, 3 * px] : []);
      ctx.lineWidth = px;
      ctx.beginPath();
      ctx.moveTo(x, y + 4 * px);
      ctx.lineTo(x, plot.valToPos(mark.count, "y", true));
      ctx.stroke();
      ctx.setLineDash([]);
    }

    drawDot(plot, mark, px) {
      const { ctx } = plot;
      ctx.fillStyle = ink("card")();
      ctx.strokeStyle = ink(INKS[mark.kind] ?? mark.kind)();
      ctx.lineWidth = 2.5 * px;
      ctx.beginPath();
      ctx.arc(plot.valToPos(mark.at, "x", true), plot.valToPos(mark.count, "y", true), 5 * px, 0, 2 * Math.PI);
      ctx.fill();
      ctx.stroke();
    }

    drawLabel(plot, mark, y, px) {
      const { ctx } = plot, half = ctx.measureText(mark.label).width / 2 + 2 * px;
      const x = Math.min(Math.max(plot.valToPos(mark.at, "x", true), half), ctx.canvas.width - half);
      ctx.textAlign = "center";
      this.drawSaid(ctx, mark.label, x, y, px);
    }

    /* In the middle above its marks, which a bar holds together. */
    drawNumber(plot, number, first, last, px) {
      const { ctx } = plot, [from, to] = [first, last].map((at) => plot.valToPos(at, "x", true));
      ctx.strokeStyle = ink("line-strong")();
      ctx.lineWidth = px;
      ctx.beginPath();
      ctx.moveTo(from, (BAND + 4) * px);
      ctx.lineTo(to, (BAND + 4) * px);
      ctx.stroke();
      ctx.textAlign = "center";
      this.drawSaid(ctx, number, (from + to) / 2, BAND * px, px);
    }

    drawSaid(ctx, words, x, y, px) {
      ctx.textBaseline = "alphabetic";
      ctx.lineJoin = "round";
      ctx.lineWidth = 4 * px;
      ctx.strokeStyle = ink("card")();
      ctx.strokeText(words, x, y);
      ctx.fillStyle = ink("ink")();
      ctx.fillText(words, x, y);
    }

    /* To those who do not see it, it is a slider along the time: each step says the moment and the count. */
    speak() {
      const { place } = this, last = this.given.at.length - 1;
      const said = { role: "slider", tabindex: 0, "aria-label": this.given.label, "aria-valuemin": 0, "aria-valuemax": last };
      for (const [name, value] of Object.entries(said)) place.setAttribute(name, value);
      place.addEventListener("keydown", (event) => this.step(event, last));
      place.addEventListener("focus", () => { this.held = true; });
      place.addEventListener("blur", () => setTimeout(() => this.release())); // the page may be renewed just now
    }

    release() {
      this.held = !this.place.isConnected || document.activeElement === this.place;
    }

    step(event, last) {
      const at = this.plot.cursor.idx ?? last, far = Math.max(1, Math.round(last / 10));
      const back = { ArrowLeft: at - 1, ArrowDown: at - 1, PageDown: at - far, Home: 0 };
      const on = { ArrowRight: at + 1, ArrowUp: at + 1, PageUp: at + far, End: last };
      const to = back[event.key] ?? on[event.key];
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.go(Math.min(Math.max(to, 0), last));
    }

    go(index) {
      this.plot.setCursor({ left: this.plot.valToPos(this.given.at[index], "x"), top: this.plot.valToPos(this.given.count[index], "y") });
      this.tell(index);
    }

    tell(index) {
      const last = this.given.at.length - 1, at = Math.min(index ?? last, last);
      const said = this.words.moment(this.given.at[at], this.given.count[at]);
      this.readout.textContent = said;
      this.place.setAttribute("aria-valuenow", at);
      this.place.setAttribute("aria-valuetext", said);
    }

    leave() {
      this.sized.disconnect();
      this.plot.destroy();
    }
  }

  /* Times and numbers as the page writes them. */
  class Words {
    constructor(language, { zone, one, other }) {
      this.zone = zone;
      this.of = { one, other };
      this.plural = new Intl.PluralRules(language);
      this.count = new Intl.NumberFormat(language, { useGrouping: "always" });
      const form = (how) => new Intl.DateTimeFormat(language, { timeZone: zone, ...how });
      this.hour = form({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
      this.day = form({ day: "numeric", month: "short" });
    }

    local(s) { return uPlot.tzDate(new Date(s * 1e3), this.zone); }
    number(n) { return Number.isInteger(n) ? this.count.format(n) : ""; }
    tick(s) { const at = new Date(s * 1e3), hour = this.hour.format(at); return hour === "00:00" ? this.day.format(at) : hour; }

    moment(s, n) {
      const at = new Date(s * 1e3), words = this.of[this.plural.select(n)] ?? this.of.other;
      return `${this.day.format(at)}, ${this.hour.format(at)}: ${words.replace("%(count)s", this.count.format(n))}`;
    }
  }

  function draw() {
    const before = [...charts.values()].filter((chart) => !chart.place.isConnected);
    const fresh = [...document.querySelectorAll("[data-curve]")].filter((place) => !charts.has(place));
    for (const place of fresh) renew(place, before.find((old) => old.place.id === place.id));
    for (const old of before.filter((chart) => !chart.place.isConnected)) {
      old.leave();
      charts.delete(old.place);
    }
  }

  /* live.js has put new elements in: one that says the same gives way to the drawn one, and who read on reads on. */
  function renew(fresh, old) {
    const same = old && old.place.dataset.curve === fresh.dataset.curve;
    if (same) fresh.replaceWith(old.place);
    else charts.set(fresh, new Curve(fresh));
    const chart = charts.get(same ? old.place : fresh);
    chart.show();
    if (old && old.plot.cursor.idx != null) chart.go(Math.min(old.plot.cursor.idx, chart.given.at.length - 1));
    if (old && old.held) chart.place.focus({ preventScroll: true });
  }

  function redraw() {
    for (const chart of charts.values()) chart.plot.redraw(false);
  }

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  document.addEventListener("earshot:shown", draw);
  draw();
})();
