/* Opening hours in Beijing time (UTC+8 all year), whatever the phone's own zone says.
   Patterns hold [start, end, start, end, ...] in minutes of the day; end may pass 1440. */

const DAY = 1440;

/* Days since 1970-01-01 and minute of the day, in Beijing. */
function beijingNow(milliseconds) {
  const minutes = Math.floor(milliseconds / 60000) + 8 * 60;
  const day = Math.floor(minutes / DAY);
  return { day, minute: minutes - day * DAY };
}

function weekdayOf(day) {
  return (day + 3) % 7; // 1970-01-01 was a Thursday; Monday is 0
}

function makeHours(data) {
  function patternOn(rule, day) {
    const { weeks, special } = data.rules[rule];
    const own = special[day - data.day0];
    if (own !== undefined) return data.patterns[own];
    let week = weeks[0][1];
    for (const [since, ids] of weeks) {
      if (day - data.day0 < since) break;
      week = ids;
    }
    return data.patterns[week[weekdayOf(day)]];
  }

  /* End of the opening that holds at the moment, in minutes since 1970; -1 where closed. */
  function openUntil(rule, day, minute) {
    for (const back of [0, 1]) {
      const pattern = patternOn(rule, day - back);
      for (let i = 0; i < pattern.length; i += 2) {
        const start = (day - back) * DAY + pattern[i];
        const end = (day - back) * DAY + pattern[i + 1];
        if (start <= day * DAY + minute && day * DAY + minute < end) return end;
      }
    }
    return -1;
  }

  function state(rule, day, minute) {
    if (rule < 0) return { known: false, open: false };
    const now = day * DAY + minute;
    let until = openUntil(rule, day, minute);
    if (until < 0) return { known: true, open: false, opens: nextOpening(rule, day, minute) };
    while (until < now + 7 * DAY) {
      const further = openUntil(rule, Math.floor(until / DAY), until % DAY);
      if (further <= until) break;
      until = further;
    }
    return { known: true, open: true, until, always: until >= now + 7 * DAY };
  }

  function nextOpening(rule, day, minute) {
    for (let ahead = 0; ahead < 14; ahead += 1) {
      const pattern = patternOn(rule, day + ahead);
      for (let i = 0; i < pattern.length; i += 2) {
        const start = (day + ahead) * DAY + pattern[i];
        if (start > day * DAY + minute) return start;
      }
    }
    return -1;
  }

  function kindOfDay(day) {
    if (day > data.knownUntil) return { kind: "unknown" };
    const holiday = data.holidays[day - data.day0];
    if (holiday !== undefined) return { kind: "holiday", name: data.holidayNames[holiday] };
    return { kind: data.makeup.includes(day - data.day0) ? "makeup" : "normal" };
  }

  function isAllDay(rule) {
    return rule >= 0 && data.rules[rule].always;
  }

  const isOpen = (rule, day, minute) => rule >= 0 && openUntil(rule, day, minute) >= 0;

  return { patternOn, state, isOpen, kindOfDay, isAllDay, knownUntil: data.knownUntil, day0: data.day0 };
}

function clock(minute) {
  const inDay = minute === DAY ? DAY : minute % DAY;
  const two = (value) => String(value).padStart(2, "0");
  return `${two(Math.floor(inDay / 60))}:${two(inDay % 60)}`;
}
