import { Option } from 'commander';
import { type Gap, type GapTreatment, gapTreatments, isWhole, type Recording, whole } from '#core/recording';
import { timeText } from '#core/time-text';
import { PortError } from '#ports';

export const gapsOption = (): Option =>
  new Option(
    '--gaps <treatment>',
    'what becomes of gaps: hold repeats the last rate, cut takes the longest whole stretch; absent: they are refused',
  ).choices(gapTreatments);

const mostNamed = 5;

/** `45 s`, `12.5 min`, `3.2 h`, `6.9 d` */
export const durationText = (seconds: number): string => {
  const [count, unit] =
    seconds < 120
      ? [seconds, 's']
      : seconds < 7200
        ? [seconds / 60, 'min']
        : seconds < 2 * 86_400
          ? [seconds / 3600, 'h']
          : [seconds / 86_400, 'd'];
  return `${Number(count.toFixed(1))} ${unit}`;
};

const gapsText = (gaps: readonly Gap[]): string => {
  const total = gaps.reduce((sum, { seconds }) => sum + seconds, 0);
  const places = gaps
    .slice(0, mostNamed)
    .map(({ startsAt, seconds }) => `${timeText(startsAt)} for ${durationText(seconds)}`);
  const more = gaps.length > mostNamed ? `, and ${gaps.length - mostNamed} more` : '';
  const count = gaps.length === 1 ? '1 gap' : `${gaps.length} gaps, ${durationText(total)} in all`;
  return `${count}: ${places.join(', ')}${more}`;
};

/** What can be judged of a recording, and what is to be said about it. Throws where gaps are not provided for. */
export const wholePart = (
  place: string,
  recording: Recording,
  treatment: GapTreatment | undefined,
  mend = '',
) => {
  const part = whole(recording, treatment);
  const { stepSeconds, rps } = recording;
  if (!isWhole(part)) {
    if (rps.length === 0 || part[0]?.seconds === rps.length * stepSeconds)
      throw new PortError(place, 'there is no rate in this time: give another time or query');
    throw new PortError(
      place,
      `${gapsText(part)}; add --gaps hold to repeat the last rate in them, or --gaps cut to take the longest whole stretch${mend}`,
    );
  }
  const endsAt = part.startsAt + part.rps.length * stepSeconds;
  const notes = [
    `${timeText(part.startsAt)} to ${timeText(endsAt)} (${durationText(endsAt - part.startsAt)}) in steps of ${stepSeconds} s.`,
  ];
  const without = rps.length * stepSeconds - (endsAt - part.startsAt);
  if (treatment !== 'cut' && without > Math.max(60, 2 * stepSeconds))
    notes.push(`${durationText(without)} of what was asked for lie before the first rate or after the last.`);
  if (part.gaps.length > 0)
    notes.push(
      treatment === 'hold'
        ? `The last rate is held over ${gapsText(part.gaps)}.`
        : `The longest whole stretch is taken; cut off with the rest: ${gapsText(part.gaps)}.`,
    );
  return {
    part,
    notes,
    facts: {
      startsAt: part.startsAt,
      endsAt,
      stepSeconds,
      gaps: part.gaps,
      treatment,
      heldSeconds: part.heldSeconds,
    },
  };
};
