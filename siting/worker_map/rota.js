/* Where the mobile containers stand this week and next, and what that makes of their stations. */

function mondayOf(day) {
  return day - weekdayOf(day);
}

/* "here", "away" (elsewhere or nowhere this week) or "unplanned" (the rota does not reach so far). */
function standing(world, station, now) {
  if (!station.mobile || !world.rota.size) return "here";
  const rows = world.rota.get(mondayOf(now.day));
  if (!rows) return "unplanned";
  return rows.some((row) => row.number === station.number) ? "here" : "away";
}

/* Opening state; a container that is elsewhere this week is not open. */
function stateOf(world, station, now) {
  const where = standing(world, station, now);
  if (where !== "here") return { known: false, open: false, away: where === "away", unplanned: where === "unplanned" };
  return world.hours.state(station.rule, now.day, now.minute);
}

/* The same in short, for thousands of stations at once. */
function isOpenNow(world, station, now) {
  return world.hours.isOpen(station.rule, now.day, now.minute) && standing(world, station, now) === "here";
}

/* On a mobile station's card: who stands here this week and next, and where they go. */
function containerLines(world, say, dateText, station, now) {
  if (!station.mobile || !world.rota.size) return null;
  return [0, 1].map((ahead) => {
    const monday = mondayOf(now.day) + 7 * ahead;
    const rows = world.rota.get(monday);
    const names = (rows || []).filter((row) => row.number === station.number).map((row) => row.container).join(say("comma"));
    const which = say(ahead ? "next_week" : "this_week", { date: dateText(monday) });
    const text = !rows ? say("rota_unknown") : names ? say("container_here", { names }) : say("container_away");
    return element("p", { text: `${which}${text}${ahead && rows ? whereNext(world, say, station, monday) : ""}` });
  });
}

/* Containers that leave this station after the week before the given Monday. */
function whereNext(world, say, station, monday) {
  const mine = new Set((world.rota.get(monday - 7) || []).filter((row) => row.number === station.number).map((row) => row.container));
  const moved = world.rota.get(monday).filter((row) => mine.has(row.container) && row.number !== station.number);
  return moved.map((row) => say("container_moves", { container: row.container, name: world.stations[row.number].name })).join("");
}

/* All containers in one table; a touch on a name opens that station's card. */
function showRota(world, say, dateText, place, choose) {
  place.hidden = !world.rota.size;
  if (place.hidden) return;
  const monday = mondayOf(beijingNow(Date.now()).day);
  const weeks = [monday, monday + 7];
  const names = [...new Set([].concat(...weeks.map((day) => (world.rota.get(day) || []).map((row) => row.container))))]
    .sort((a, b) => a.localeCompare(b, "zh", { numeric: true }));
  const cell = (day, container) => {
    const row = (world.rota.get(day) || []).find((one) => one.container === container);
    if (!row) return element("td", { text: say(world.rota.has(day) ? "container_nowhere" : "rota_unknown") });
    return element("td", {}, element("button", { type: "button", text: world.stations[row.number].name, click: () => choose(row.number) }));
  };
  const head = element("tr", {}, element("th", { scope: "col", text: say("container") }),
    weeks.map((day, ahead) => element("th", { scope: "col", text: say(ahead ? "from_next_week" : "from_this_week", { date: dateText(day) }) })));
  const body = names.map((name) => element("tr", {}, element("th", { scope: "row", text: name }), weeks.map((day) => cell(day, name))));
  place.replaceChildren(element("summary", { text: say("rota", { count: names.length }) }),
    names.length ? element("table", { "aria-label": say("rota", { count: names.length }) }, element("thead", {}, head), element("tbody", {}, body))
      : element("p", { text: say("not_planned") }));
}
