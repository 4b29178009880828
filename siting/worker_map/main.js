/* The page: where are you, what do you need, which station is nearest and open now. */

function start() {
  const world = loadWorld();
  const byId = (id) => document.getElementById(id);
  const state = { place: null, needs: 0, openOnly: true, allDay: false, internal: false, shown: 5, answers: [], chosen: -1 };
  const say = (key, facts) => (world.text[world.lang][key] || key).replace(/\{(\w+)\}/g, (whole, name) => String((facts || {})[name] ?? whole));
  const cards = makeCards(world, say);
  const canvas = byId("map");
  const map = makeView(canvas, world, { station: choose, place: (point) => setPlace(point.x, point.y, "") });

  function suits(number, open, now) {
    const station = world.stations[number];
    if (station.internal && !state.internal) return false;
    if ((station.services & state.needs) !== state.needs) return false;
    if (state.allDay && !(station.rule >= 0 && world.hours.isAllDay(station.rule))) return false;
    return !open || isOpenNow(world, station, now);
  }

  function answer() {
    const open = state.openOnly;
    const now = beijingNow(Date.now());
    const some = world.stations.some((station) => suits(station.number, open, now));
    const fallback = open && !some;
    const wanted = (number) => suits(number, open && some, now);
    const nobody = !world.stations.some((station) => wanted(station.number));
    const near = () => answersFrom(world, state.place, wanted, state.shown);
    const answers = nobody ? [] : state.place ? near() : inOrder(wanted);
    state.answers = answers;
    showStatus(fallback);
    showAnswers();
    showWay();
  }

  function inOrder(wanted) {
    return world.stations.map((station) => station.number).filter(wanted).slice(0, state.shown).map((number) => ({ number }));
  }

  function showStatus(fallback) {
    const parts = [];
    if (state.place && state.place.foot && state.place.foot.access > world.rule.snapLimit) {
      parts.push(say("far_from_street", { metres: cards.metresText(state.place.foot.access / 10) }));
    }
    if (!state.answers.length) parts.push(say("none_suits"));
    else if (fallback) parts.push(say("none_open"));
    else if (state.place) parts.push(say(state.openOnly ? "found_open" : "found_all", { count: state.answers.length, place: state.place.name || say("your_place") }));
    else parts.push(say("no_place"));
    const today = beijingNow(Date.now()).day;
    if (today > world.hours.knownUntil) parts.push(say("calendar_old"));
    if (today - world.meta.day > 90) parts.push(say("page_old", { date: world.meta.date }));
    setStatus(parts.join(" "), fallback || !state.answers.length);
  }

  function setStatus(text, warn) {
    byId("status").textContent = text;
    byId("status").className = warn ? "warn" : "";
  }

  function showAnswers() {
    const first = state.place ? state.answers[0] : null;
    byId("answer").replaceChildren(...(first ? [cards.make(first.number, first, cardOptions("first", "1"))] : []));
    const rest = first ? state.answers.slice(1) : state.answers;
    byId("answers").replaceChildren(...rest.map((one, at) => element("li", {}, cards.make(one.number, one, cardOptions("list", state.place ? String(at + 2) : "")))));
    byId("more").hidden = state.answers.length < state.shown;
    map.view.marks = marksOf(state.place ? state.answers : []);
    map.refresh();
  }

  /* The first nine answers are numbered; the nearest are drawn last, on top. */
  function marksOf(answers) {
    const labels = new Map(answers.slice(0, 9).map((one, at) => [one.number, String(at + 1)]));
    const now = beijingNow(Date.now());
    return world.stations.filter((station) => suits(station.number, false, now)).map((station) => ({
      number: station.number, internal: station.internal, label: labels.get(station.number), open: isOpenNow(world, station, now),
    })).reverse();
  }

  function rehearse(place) {
    const now = beijingNow(Date.now());
    const answers = answersFrom(world, place, (number) => suits(number, true, now), state.shown);
    answers.forEach((one) => cards.make(one.number, one, cardOptions("rehearsal", "1")));
    marksOf(answers);
    if (answers.length) wayPoints(world, place, answers[0]);
  }

  function cardOptions(prefix, label) {
    return { prefix, label, expanded: false, chosen: (number) => { state.chosen = number; showWay(); }, map: (number) => { choose(number); canvas.focus(); canvas.scrollIntoView({ block: "center" }); } };
  }

  function showWay() {
    const number = state.chosen >= 0 ? state.chosen : state.place && state.answers.length ? state.answers[0].number : -1;
    const known = state.answers.find((one) => one.number === number);
    map.view.chosen = number;
    map.view.way = null;
    if (state.place && known && !known.crow) {
      map.view.way = { points: wayPoints(world, state.place, known), estimate: known.estimate };
    }
    map.refresh();
  }

  /* A station was chosen on the map or by its address: its card comes first. */
  function choose(number) {
    state.chosen = number;
    let known = state.answers.find((one) => one.number === number);
    if (!known && state.place) {
      [known] = answersFrom(world, state.place, (other) => other === number, 1);
      if (known) state.answers.push(known);
    }
    const options = { ...cardOptions("chosen", ""), expanded: true };
    byId("answer").replaceChildren(cards.make(number, known || {}, options));
    showWay();
    setStatus(say("chosen", { name: world.stations[number].name }), false);
    const station = world.stations[number];
    map.show(state.place ? [station, state.place] : [station]);
  }

  function setPlace(x, y, name) {
    state.place = makePlace(world, x, y, name);
    state.chosen = -1;
    state.shown = 5;
    map.view.place = state.place;
    answer();
    const near = state.answers.slice(0, 3).map((one) => world.stations[one.number]);
    map.show([state.place, ...near.filter((station, at) => at === 0 || Math.hypot(station.x - x, station.y - y) < 600000)]);
  }

  function locate() {
    const refused = (key) => { setStatus(say(key), true); byId("query").focus(); };
    if (!navigator.geolocation || !window.isSecureContext) { refused("no_geolocation"); return; }
    setStatus(say("locating"), false);
    navigator.geolocation.getCurrentPosition((position) => {
      const point = world.projection.forward(position.coords.longitude, position.coords.latitude);
      const away = Math.max(-point.x, -point.y, point.x - world.grid.maxX, point.y - world.grid.maxY);
      if (!(away < 2000000)) refused("outside");
      else setPlace(point.x, point.y, "");
    }, (error) => refused(error.code === 1 ? "geolocation_refused" : "geolocation_failed"), { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 });
  }

  function search(text) {
    const found = findPlaces(world, text, 8);
    byId("found").replaceChildren(...found.map((place) => element("li", {}, element("button", {
      type: "button", text: `${place.name} · ${say(`place_${place.kind}`)}`, click: () => {
        byId("found").replaceChildren();
        byId("query").value = place.name;
        setPlace(place.x, place.y, place.name);
        byId("answers").focus({ preventScroll: true });
      },
    }))));
    if (text.trim()) setStatus(found.length ? say("places_found", { count: found.length }) : say("no_such_place", { text: text.trim() }), !found.length);
  }

  function chip(key, pressed, toggle) {
    const button = element("button", { type: "button", "aria-pressed": String(pressed), text: say(key), click: () => {
      const now = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(now));
      toggle(now);
      state.chosen = -1;
      answer();
    } });
    return button;
  }

  function showChips() {
    const chips = [chip("open_now", state.openOnly, (on) => { state.openOnly = on; })];
    world.services.forEach((name, bit) => chips.push(chip(`service_${name}`, Boolean(state.needs & (1 << bit)), (on) => { state.needs = on ? state.needs | (1 << bit) : state.needs & ~(1 << bit); })));
    chips.push(chip("service_all_day", state.allDay, (on) => { state.allDay = on; }));
    if (world.stations.some((station) => station.internal)) chips.push(chip("with_internal", state.internal, (on) => { state.internal = on; }));
    byId("chips").replaceChildren(...chips);
  }

  function speak() {
    document.documentElement.lang = world.lang === "zh" ? "zh-CN" : "en";
    document.title = say("title");
    document.querySelectorAll("[data-text]").forEach((node) => { node.textContent = say(node.dataset.text); });
    document.querySelectorAll("[data-label]").forEach((node) => { node.setAttribute("aria-label", say(node.dataset.label)); });
    byId("query").placeholder = say(byId("query").dataset.placeholder);
    byId("language").textContent = say("other_language");
    byId("language").lang = world.lang === "zh" ? "en" : "zh-CN";
    byId("attribution").textContent = say("attribution");
    byId("legend").replaceChildren(...["open", "closed", "internal", "assumed"].map((key) => element("li", {}, element("b", { "aria-hidden": "true", text: { open: "●", closed: "○", internal: "■", assumed: "┄" }[key] }), element("span", { text: say(`legend_${key}`) }))));
    showChips();
    showAbout();
    showHint();
    showRota(world, say, cards.dateText, byId("rota"), (number) => { choose(number); byId("answer").scrollIntoView({ block: "center" }); });
    answer();
  }

  /* WeChat's own browser, or a copy of the page kept as a file. */
  function showHint() {
    const copy = window.location.protocol === "file:" || window.location.protocol === "content:";
    const text = /MicroMessenger/i.test(navigator.userAgent) ? say("hint_wechat")
      : copy && world.meta.address ? say("hint_copy", { date: world.meta.date }) : "";
    const link = copy && world.meta.address ? element("a", { href: world.meta.address, rel: "noopener noreferrer", text: world.meta.address }) : null;
    byId("hint").hidden = !text;
    byId("hint").replaceChildren(...[text && element("span", { text }), text && link].filter(Boolean));
  }

  function showAbout() {
    const lines = [say("version", { version: world.meta.version, date: world.meta.date, count: world.stations.length })];
    if (world.meta.sampleShare > 0) lines.push(say("about_sample", { percent: Math.ceil(world.meta.sampleShare * 100) }));
    lines.push(world.meta.review ? say("reviewed", { number: world.meta.review }) : say("not_reviewed"));
    lines.push(say("about_walk", { speed: (world.rule.metresPerMinute * 0.06).toFixed(1) }));
    if (world.rule.estimate) lines.push(say("about_estimate"));
    lines.push(say("about_calendar", { date: cards.dateText(world.hours.knownUntil), year: new Date(world.hours.knownUntil * 86400000).getUTCFullYear() }));
    lines.push(say("about_private"), say("about_data"));
    if (world.meta.address) lines.push(say("about_address", { address: world.meta.address }));
    byId("about").replaceChildren(...lines.map((text) => element("p", { text })), ...[reportPage()].filter(Boolean));
  }

  function reportPage() {
    if (!world.meta.contact) return null;
    return element("p", { class: "go" }, element("a", { href: world.meta.contact, rel: "noopener noreferrer", text: say("report") }));
  }

  byId("locate").addEventListener("click", locate);
  byId("search").addEventListener("submit", (event) => { event.preventDefault(); search(byId("query").value); });
  byId("query").addEventListener("input", () => search(byId("query").value));
  byId("language").addEventListener("click", () => { world.lang = world.lang === "zh" ? "en" : "zh"; speak(); });
  byId("more").addEventListener("click", () => { state.shown += 20; answer(); });
  byId("zoom-in").addEventListener("click", () => { const { width, height } = map.size(); map.zoom(1.6, width / 2, height / 2); });
  byId("zoom-out").addEventListener("click", () => { const { width, height } = map.size(); map.zoom(1 / 1.6, width / 2, height / 2); });
  if (/[?&]lang=en\b/.test(window.location.search)) world.lang = "en";
  speak();
  const asked = /[#&]s=([\w-]+)/.exec(window.location.hash);
  const number = asked ? world.stations.findIndex((station) => station.id === asked[1]) : -1;
  if (number >= 0) choose(number);
  else if (world.crowd.length) map.show(world.crowd);
  const again = () => { if (state.chosen < 0) answer(); else cards.tick(document); };
  setInterval(again, 60000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });
  setTimeout(() => warmUp(world, rehearse), 100);
  return { world, state, map, setPlace, nearest: (x, y, k) => nearestStations(world, makePlace(world, x, y, ""), () => true, k) };
}

window.warmStations = start();
document.documentElement.dataset.ready = "yes";
