import type { Diary } from '#demo/diary';
import { spark } from '#demo/spark';

export type FleetFigures = {
  readonly name: string;
  readonly desired: number;
  readonly ready: number;
  readonly replicaHours: number;
  readonly lateShare: number;
  /** Replica-hours, late requests priced in. */
  readonly cost: number;
  readonly scalings: number;
};

/** All that the live view shows, at one instant. */
export type Scene = {
  readonly title: string;
  readonly clock: string;
  readonly end: string;
  readonly doneRatio: number;
  /** By the wall clock and the plan; 0: later than planned. */
  readonly leftSeconds: number;
  readonly demand: number | undefined;
  readonly capacityPerReplica: number;
  readonly diary: Diary;
  /** Ours first, then the one beside it. */
  readonly fleets: readonly FleetFigures[];
  readonly inCharge: string;
  readonly rounds: number | undefined;
  /** Newest first. */
  readonly changes: readonly { readonly clock: string; readonly text: string }[];
  readonly changesShown: number;
};

export type Paint = (color: 'dim' | 'bold' | 'demand' | 'ours' | 'peer', text: string) => string;

const codes = { dim: '2', bold: '1', demand: '36', ours: '32', peer: '33' } as const;

export const paintOf =
  (color: boolean): Paint =>
  (name, text) =>
    color ? `\u001b[${codes[name]}m${text}\u001b[0m` : text;

/** Lines of the view besides the last changes. */
export const rowsBesideChanges = 17;
const labelWidth = 13;
const rows = 2;
const widest = 110;

export const percent = (ratio: number): string => `${(100 * ratio).toFixed(2)} %`;

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

const progress = ({ doneRatio, leftSeconds }: Scene, width: number): string => {
  const left = leftSeconds > 0 ? `${Math.ceil(leftSeconds)} s left` : 'later than planned';
  const after = ` ${`${Math.floor(100 * doneRatio)}`.padStart(3)} %${doneRatio < 1 ? `, ${left}` : ''}`;
  const room = Math.max(0, width - after.length);
  const full = Math.round(room * Math.min(1, doneRatio));
  return `${'━'.repeat(full)}${'─'.repeat(room - full)}${after}`;
};

const figuresTable = ({ fleets }: Scene, paint: Paint): readonly string[] => {
  const cell = (text: string): string => text.padStart(14);
  const row = (label: string, of: (fleet: FleetFigures) => string): string =>
    `${label.padEnd(labelWidth + 5)}${fleets.map((fleet) => cell(of(fleet))).join('')}`;
  return [
    paint(
      'dim',
      row('so far', ({ name }) => name),
    ),
    row('late requests', (f) => percent(f.lateShare)),
    row('replica-hours', (f) => f.replicaHours.toFixed(1)),
    paint(
      'bold',
      row('cost', (f) => f.cost.toFixed(1)),
    ),
    row('scalings', (f) => `${f.scalings}`),
  ];
};

/** The live view as lines, none wider than `columns`. */
export const view = (scene: Scene, columns: number, paint: Paint): readonly string[] => {
  const width = Math.min(columns - 1, widest);
  const after = 26;
  const bars = Math.max(10, width - labelWidth - after);
  const most = Math.max(
    ...[...scene.diary.demand].filter((d) => !Number.isNaN(d)).map((d) => d / scene.capacityPerReplica),
    ...scene.diary.fleets.flatMap(({ desired }) => [...desired].filter((n) => !Number.isNaN(n))),
    1,
  );
  const graph = (
    color: 'demand' | 'ours' | 'peer',
    label: string,
    values: Float64Array,
    scale: number,
    note: string,
  ): readonly string[] =>
    spark(values, { columns: bars, rows, most: scale }).map((line, row) =>
      row === rows - 1
        ? `${label.padEnd(labelWidth)}${paint(color, line)}  ${cut(note, after - 2)}`
        : `${' '.repeat(labelWidth)}${paint(color, line)}`,
    );
  const [ours, peer] = scene.fleets;
  const note = ({ desired, ready }: FleetFigures): string =>
    desired > ready ? `${desired} replicas, ${desired - ready} starting` : `${desired} replicas`;
  const shown = Array.from({ length: scene.changesShown }, (_, i) => {
    const change = scene.changes[i];
    return change === undefined ? '' : cut(`${change.clock}  ${change.text}`, width);
  });
  const head = `${scene.clock} of ${scene.end}`;
  const title = cut(scene.title, width - head.length - 2);
  return [
    `${paint('bold', title)}${' '.repeat(Math.max(2, width - title.length - head.length))}${head}`,
    paint('dim', progress(scene, width)),
    ...graph(
      'demand',
      'demand',
      scene.diary.demand,
      most * scene.capacityPerReplica,
      scene.demand === undefined ? 'not known' : `${Math.round(scene.demand)} requests/s`,
    ),
    ...graph('ours', ours!.name, scene.diary.fleets[0]!.desired, most, note(ours!)),
    ...graph('peer', peer!.name, scene.diary.fleets[1]!.desired, most, note(peer!)),
    '',
    ...figuresTable(scene, paint),
    '',
    cut(
      `in charge: ${scene.inCharge}${scene.rounds === undefined ? '' : `, after ${scene.rounds} ${scene.rounds === 1 ? 'round' : 'rounds'} of learning`}`,
      width,
    ),
    paint('dim', 'last changes'),
    ...shown.map((line, i) => (i === 0 ? line : paint('dim', line))),
  ];
};

/** The same in one line, for a log. */
export const plainLine = ({ clock, doneRatio, demand, fleets, inCharge, changes }: Scene): string => {
  const sizes = fleets.map((f) => `${f.name} ${f.desired} (late ${percent(f.lateShare)})`).join(', ');
  const seen = demand === undefined ? 'demand not known' : `${Math.round(demand)} requests/s`;
  const last = changes[0] === undefined ? '' : `; ${changes[0].clock} ${changes[0].text}`;
  return `${clock} ${Math.floor(100 * doneRatio)} %: ${seen}; ${sizes}; ${inCharge} in charge${last}`;
};
