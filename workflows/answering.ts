import type { Evidence } from '#core/facts';
import type { Direction } from '#core/gate';
import { type Target, targetKey } from '#core/model';
import { inOneLine } from '#core/one-line';
import { howToAsk, momentOf, type Question, readQuestion, spanOf, understood } from '#core/question';
import { evidence, replicas, type Said, say, size, time } from '#core/said';
import { sizeAfter } from '#core/size-after';
import { isOf, type Whose } from '#core/whose';
import { type Answer, type Archive, NotKeptError, type Store, type TargetSummary } from '#ports';
import { type ArchiveGiven, explained, openArchive } from './archive.ts';
import type { Records, TargetOf } from './happened.ts';
import { justAfter, newestAt } from './newest-decision.ts';

export type AnsweringGiven = Omit<ArchiveGiven, 'store'> & {
  readonly store: Records & Pick<Store, 'targets'>;
  /** In which times of day are read: an IANA name. */
  readonly timeZone: string;
  now(): number;
};

export type Answering = {
  archive(cluster: string, target: Target): Archive;
  explain(record: Parameters<typeof explained>[1]): Promise<Evidence>;
  /** Without a time the question is asked now; without a target or a cluster the only one is meant. */
  answer(
    asked: Whose & { readonly question: string; readonly atSeconds?: number | undefined },
  ): Promise<Answer>;
};

/** Changes that are searched for the one that made the size which a question speaks of. */
const mostSearched = 40;

const mostNamed = 5;

const names = (all: readonly TargetSummary[]): string => {
  const some = all.slice(0, mostNamed).map((one) => inOneLine(`${targetKey(one.target)} in ${one.cluster}`));
  return `${some.join(', ')}${all.length > mostNamed ? ` and ${all.length - mostNamed} others` : ''}`;
};

/** Answers from the store alone: no model has a say in it. */
export const answering = ({ timeZone, now, ...given }: AnsweringGiven): Answering => {
  const { store } = given;

  /** The one that is meant, with the time of its newest decision: simulated time may run ahead of the clock. */
  const placeOf = async ({ target, cluster }: Whose): Promise<TargetSummary> => {
    const all = await store.targets();
    const meant = all.filter((one) => isOf({ target, cluster }, one));
    const [only, other] = meant;
    if (only !== undefined && other === undefined) return only;
    const wanted = target === undefined ? 'any target' : inOneLine(targetKey(target));
    throw new NotKeptError(
      'store',
      only === undefined
        ? `no decision on ${wanted} is kept${all.length === 0 ? '' : `: name one of ${names(all)}`}`
        : `several are meant, name one by its target and cluster: ${names(meant)}`,
    );
  };

  /** The moment of the decision that a question about a size means, and what its size was if it was another. */
  const meant = async (q: Question, of: TargetOf) => {
    const moment = momentOf(q);
    if (q.time.kind !== 'moment' && q.replicas === undefined) return { atSeconds: moment };
    const toSeconds = q.time.kind === 'moment' ? q.time.toSeconds : justAfter(moment);
    const query = { ...of, outcome: 'scaled', toSeconds, limit: mostSearched } as const;
    const { items: changes } = await store.decisions(query);
    const within = changes.filter(({ atSeconds }) => atSeconds >= moment);
    if (q.replicas === undefined) return { atSeconds: within[0]?.atSeconds ?? moment };
    const wanted = q.replicas;
    const then = await newestAt(store, of, moment);
    const fits = [...within, ...(then === undefined ? [] : [then])].find((one) => sizeAfter(one) === wanted);
    if (fits !== undefined) return { atSeconds: fits.atSeconds };
    if (then === undefined) return { atSeconds: moment };
    const before = changes.find(({ decision: { to } }) => to === wanted);
    const last =
      before === undefined
        ? ''
        : say`; it last became that at ${time(before.atSeconds, 'when the size in the question was set')}`;
    const mistaken = say`It was ${replicas(sizeAfter(then), 'the size')} then, not ${size(wanted, 'the size in the question')}${last}.`;
    return { atSeconds: moment, mistaken };
  };

  /** Which way the size that the question speaks of lies, or the way that it names. */
  const towards = async (q: Question, of: TargetOf): Promise<Direction | undefined> => {
    if (q.replicas !== undefined) {
      const then = await newestAt(store, of, momentOf(q));
      if (then !== undefined && q.replicas !== sizeAfter(then))
        return q.replicas > sizeAfter(then) ? 'up' : 'down';
    }
    return q.direction && ({ more: 'up', fewer: 'down' } as const)[q.direction];
  };

  const evidenceOf = async (q: Question, of: TargetOf): Promise<readonly (Said | Evidence)[]> => {
    const kept = openArchive(given, of);
    const span = spanOf(q);
    switch (q.intent) {
      case 'why': {
        const { atSeconds, mistaken } = await meant(q, of);
        return [...(mistaken === undefined ? [] : [mistaken]), await kept.decision(atSeconds)];
      }
      case 'why-not':
      case 'what-would-it-take':
        return [await kept.gates(momentOf(q), await towards(q, of))];
      case 'who':
        return [await kept.people(span.fromSeconds, span.toSeconds)];
      case 'what-happened':
        return [await kept.history(span.fromSeconds, span.toSeconds)];
      case 'compare':
        return [await kept.others(momentOf(q))];
      case 'regret':
        return [await kept.regret(span.fromSeconds, span.toSeconds)];
      case 'unknown':
        return [howToAsk, await kept.decision(momentOf(q))];
    }
  };

  const answer: Answering['answer'] = async ({ question: text, ...asked }) => {
    const { target, cluster, lastAtSeconds } = await placeOf(asked);
    const askedAt = asked.atSeconds ?? Math.max(now(), lastAtSeconds);
    const question = readQuestion(text, askedAt, timeZone);
    const parts = await evidenceOf(question, { cluster, target });
    const ids = parts.flatMap((part) => ('decisions' in part ? part.decisions : []));
    return {
      asked: {
        cluster,
        target,
        question: text,
        atSeconds: momentOf(question),
        of: ids[0] === undefined ? undefined : await store.decision(ids[0]),
      },
      question,
      evidence: evidence([understood(question), ...parts], ids),
    };
  };

  return {
    archive: (cluster, target) => openArchive(given, { cluster, target }),
    explain: (record) => explained(store, record),
    answer,
  };
};
