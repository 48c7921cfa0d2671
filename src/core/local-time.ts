/** A date and a time of day as clocks of a zone show them; `month` counts from one, weekday 0 is a Sunday. */
export type LocalTime = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
};

export type Zone = {
  readonly name: string;
  local(atSeconds: number): LocalTime;
  /** Fields may run over: hour 26 is two o'clock of the next day. What a clock shows twice is the first, what it skips comes later. */
  instant(local: LocalTime): number;
};

const asUtc = ({ year, month, day, hour, minute, second }: LocalTime): number =>
  Date.UTC(year, month - 1, day, hour, minute, second) / 1000;

/** By an IANA name such as `Europe/Berlin`; a name that is none throws a RangeError. */
export const zoneOf = (name: string): Zone => {
  const format = new Intl.DateTimeFormat('en-u-ca-iso8601', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const local = (atSeconds: number): LocalTime => {
    const parts = new Map(
      format.formatToParts(atSeconds * 1000).map(({ type, value }) => [type, Number(value)]),
    );
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type)!;
    return {
      year: part('year'),
      month: part('month'),
      day: part('day'),
      hour: part('hour'),
      minute: part('minute'),
      second: part('second'),
    };
  };
  const ahead = (atSeconds: number): number => asUtc(local(atSeconds)) - Math.floor(atSeconds);
  return {
    name,
    local,
    instant: (wanted) => {
      const naive = asUtc(wanted);
      // No zone changes its clocks twice within two days.
      const [before, after] = [ahead(naive - 86_400), ahead(naive + 86_400)];
      const shown = [naive - before, naive - after].find((at) => ahead(at) === naive - at);
      return shown ?? naive - before;
    },
  };
};

export const weekdayOf = ({ year, month, day }: LocalTime): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay();
