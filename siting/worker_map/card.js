/* One station as a card. Texts from data only ever become text nodes. */

function element(tag, options, ...children) {
  const node = document.createElement(tag);
  Object.entries(options || {}).forEach(([key, value]) => {
    if (value === undefined || value === null || value === false) return;
    if (key === "text") node.textContent = value;
    else if (key === "click") node.addEventListener("click", value);
    else node.setAttribute(key, value === true ? "" : value);
  });
  children.flat().forEach((child) => { if (child) node.append(child); });
  return node;
}

function makeCards(world, say) {
  const { hours } = world;

  function openLine(station, now) {
    const state = stateOf(world, station, now);
    if (state.away) return element("p", { class: "state shut", text: say("not_here_now") });
    if (state.unplanned) return element("p", { class: "state soon", text: say("not_planned") });
    if (!state.known) return element("p", { class: "state soon", text: say("hours_unknown") });
    if (!state.open) {
      const next = state.opens >= 0 ? say("opens_at", { when: whenText(state.opens, now) }) : say("closed_long");
      return element("p", { class: "state shut", text: `${say("closed_now")} · ${next}` });
    }
    if (state.always) return element("p", { class: "state open", text: say("open_always") });
    const left = state.until - (now.day * DAY + now.minute);
    if (left <= 60) return element("p", { class: "state soon", text: say("closes_in", { minutes: left, when: whenText(state.until, now) }) });
    return element("p", { class: "state open", text: say("open_until", { when: whenText(state.until, now) }) });
  }

  function whenText(minutes, now) {
    const day = Math.floor(minutes / DAY);
    const ends = minutes % DAY === 0 && day === now.day + 1;
    if (day === now.day || ends) return ends ? "24:00" : clock(minutes);
    if (day === now.day + 1) return `${say("tomorrow")} ${clock(minutes)}`;
    return `${dateText(day)} ${clock(minutes)}`;
  }

  function dateText(day) {
    const date = new Date(day * 86400000);
    return say("date", { month: date.getUTCMonth() + 1, day: date.getUTCDate(), weekday: say(`weekday_${weekdayOf(day)}`) });
  }

  function wayLine(answer, station, now) {
    if (!answer || answer.way === undefined) return null;
    const metres = metresText(answer.way / 10);
    if (answer.crow) return element("p", { class: "way", text: say("crow", { metres }) });
    const minutes = Math.max(1, Math.ceil(answer.way / 10 / world.rule.metresPerMinute));
    const line = element("p", { class: "way", text: say("walk", { metres, minutes }) });
    if (answer.estimate) line.append(element("span", { class: "badge", text: say("estimated") }));
    const state = stateOf(world, station, now);
    if (state.open && !state.always && state.until - (now.day * DAY + now.minute) <= minutes) {
      return [line, element("p", { class: "soon", text: say("too_late") })];
    }
    return line;
  }

  function metresText(metres) {
    return metres < 1000 ? say("metres", { value: Math.round(metres) }) : say("kilometres", { value: (metres / 1000).toFixed(1) });
  }

  function badges(station) {
    return [
      station.sample && say("sample"),
      station.internal && say("internal"),
      station.mobile && say("mobile"),
    ].filter(Boolean).map((text) => element("span", { class: "badge", text }));
  }

  function servicesLine(station, now) {
    const names = world.services.filter((name, bit) => station.services & (1 << bit)).map((name) => say(`service_${name}`));
    if (station.rule >= 0 && hours.isAllDay(station.rule)) names.push(say("service_all_day"));
    const unsure = station.servicesConfirmed ? "" : ` ${say("unconfirmed")}`;
    return element("p", { text: names.length ? names.join(say("comma")) + unsure : say("no_services") });
  }

  function placeLine(station) {
    const parts = [station.town, station.address || station.street, say(`host_${station.host}`)];
    const about = station.accuracy >= 100 ? say("about", { metres: Math.round(station.accuracy) }) : "";
    return element("p", { class: "small", text: parts.filter(Boolean).join(" · ") + about });
  }

  function weekTable(station, now) {
    if (station.rule < 0) return null;
    const rows = [];
    for (let ahead = 0; ahead < 7; ahead += 1) {
      const day = now.day + ahead;
      const kind = hours.kindOfDay(day);
      const pattern = hours.patternOn(station.rule, day);
      const times = [];
      for (let i = 0; i < pattern.length; i += 2) {
        const over = pattern[i + 1] > DAY ? say("next_day") : "";
        if (i) times.push(say("comma"));
        times.push(element("span", { class: "span", text: `${clock(pattern[i])}–${over}${clock(pattern[i + 1])}` }));
      }
      const extra = { holiday: kind.name && kind.name[world.lang], makeup: say("makeup"), unknown: say("holiday_unknown") }[kind.kind];
      rows.push(element("tr", { class: ahead === 0 && "today" },
        element("th", { scope: "row", text: `${ahead === 0 ? `${say("today")} ` : ""}${dateText(day)}${extra ? ` ${extra}` : ""}` }),
        times.length ? element("td", {}, times) : element("td", { text: say("closed_day") })));
    }
    const unsure = station.hoursConfirmed ? null : element("p", { class: "soon", text: say("hours_unconfirmed") });
    return [unsure, element("table", { "aria-label": say("hours_week", { name: station.name }) }, element("tbody", {}, rows))];
  }

  function details(station, now) {
    return [
      weekTable(station, now),
      containerLines(world, say, dateText, station, now),
      station.note && element("p", { text: station.note }),
      station.phone && element("p", {}, element("a", { href: `tel:${station.phone.replace(/[^0-9+]/g, "")}`, text: say("call", { phone: station.phone }) })),
      element("div", { class: "go" }, directionLinks(station, say).slice(1)),
      reportLink(world, station, say),
    ].flat().filter(Boolean);
  }

  function make(number, answer, options) {
    const station = world.stations[number];
    const now = beijingNow(Date.now());
    const label = options.label ? `${options.label}. ` : "";
    const heading = element("h3", { text: `${label}${station.name}` }, badges(station));
    const inside = element("div", { id: `${options.prefix}-${number}` }, options.expanded ? details(station, now) : []);
    inside.hidden = !options.expanded;
    const toggle = element("button", {
      type: "button", "aria-expanded": String(Boolean(options.expanded)), "aria-controls": inside.id,
      "aria-label": say("details_of", { name: station.name }), text: say("details"),
      click: () => {
        const open = inside.hidden;
        if (open) inside.replaceChildren(...details(station, beijingNow(Date.now())));
        inside.hidden = !open;
        toggle.setAttribute("aria-expanded", String(open));
        options.chosen(number);
      },
    });
    const links = directionLinks(station, say).slice(0, 1);
    const open = isOpenNow(world, station, now);
    return element("article", { class: open ? "card is-open" : "card", "aria-label": station.name, "data-id": station.id, "data-number": String(number) },
      heading, wayLine(answer, station, now), openLine(station, now), servicesLine(station, now), placeLine(station),
      element("div", { class: "go" }, links, element("button", { type: "button", text: say("on_map"), "aria-label": say("on_map_of", { name: station.name }), click: () => options.map(number) }), toggle),
      inside);
  }
  /* Minutes pass: what is said about opening is said anew, without closing what is open. */
  function tick(root) {
    const now = beijingNow(Date.now());
    root.querySelectorAll(".card").forEach((card) => card.querySelector(".state").replaceWith(openLine(world.stations[Number(card.dataset.number)], now)));
  }
  return { make, dateText, metresText, tick };
}

/* geo: is WGS-84 (RFC 5870); Amap, Baidu (told so) and Apple within China take GCJ-02. */
function directionLinks(station, say) {
  const name = encodeURIComponent(station.name);
  const [lon, lat] = station.gcj02;
  const link = (key, href, lead) => element("a", { href, class: lead && "lead", target: href.startsWith("https") && "_blank", rel: "noopener noreferrer", "aria-label": `${say(key)} ${station.name}`, text: say(key) });
  const apple = /iPhone|iPad|Macintosh/.test(navigator.userAgent);
  const links = [
    link("go_amap", `https://uri.amap.com/navigation?to=${lon},${lat},${name}&mode=walk&coordinate=gaode&src=warm-stations&callnative=1`, !apple),
    link("go_baidu", `https://api.map.baidu.com/marker?location=${lat},${lon}&title=${name}&content=${name}&coord_type=gcj02&output=html&src=warm-stations`),
    apple ? link("go_apple", `https://maps.apple.com/?daddr=${lat},${lon}&dirflg=w`, true)
      : link("go_geo", `geo:${station.lat},${station.lon}?q=${station.lat},${station.lon}(${name})`),
  ];
  return apple ? links.reverse() : links;
}

function reportLink(world, station, say) {
  if (!world.meta.contact) return null;
  const subject = encodeURIComponent(`${say("report_subject")} ${station.name} ${station.id} ${world.meta.version}`);
  const href = world.meta.contact.startsWith("mailto:") ? `${world.meta.contact}?subject=${subject}` : world.meta.contact;
  return element("p", { class: "go" }, element("a", { href, rel: "noopener noreferrer", text: say("report") }));
}
