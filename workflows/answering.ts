import type { Evidence } from '#core/facts';
import { sizeAfter } from '#core/happened';
import { type Target, targetKey } from '#core/model';
import { inOneLine } from '#core/one-line';
import { howToAsk, momentOf, type Question, readQuestion, spanOf, understood } from '#core/question';
import { evidence, replicas, type Said, say, size, time } from '#core/said';
import { type Answer, type Archive, NotKeptError, type Store } from '#ports';
import { type ArchiveGiven, openArchive, type Records } from './archive.ts';

export type AnsweringGiven = Omit<ArchiveGiven, 'store'> & {
  readonly store: Records & Pick<Store, 'targets'>;
  /** In which times of day are read: an IANA name. */
  readonly timeZone: string;
  now(): number;
};

export type Answering = {
  archive(cluster: string, target: Target): Archive;
  /** Without a time the question is asked now, without a cluster of the only one that has the target. */
  answer(asked: {
    readonly target: Target;
    readonly question: string;
    readonly cluster?: string | undefined;
    readonly atSeconds?: number | undefined;
  }): Promise<Answer>;
};

/** Changes that are searched for the one that made the size which a question speaks of. */
const mostSearched = 40;

const told = ({ text, facts }: Evidence): Said => ({ text, facts });

/** Answers from the store alone: no model has a say in it. */
export const answering = ({ timeZone, now, ...given }: AnsweringGiven): Answering => {
  const { store } = given;
  const archive = (cluster: string, target: Target): Archive => openArchive(given, { cluster, target });

  /** The cluster, and the newest decision there: simulated time may run ahead of the clock. */
  const placeOf = async (target: Target, cluster: string | undefined) => {
    const all = await store.targets();
    const named = all.filter((one) => targetKey(one.target) === targetKey(target));
    const meant = cluster === undefined ? named : named.filter((one) => one.cluster === cluster);
    const [only] = meant;
    const name = inOneLine(targetKey(target));
    if (only === undefined)
      throw new NotKeptError(
        'store',
        `no decision on ${name} is kept; /api/v1/targets lists those of which some are`,
      );
    if (meant.length > 1)
      throw new NotKeptError(
        'store',
        `${name} is known in several clusters, name one: ${meant.map((one) => inOneLine(one.cluster)).join(', ')}`,
      );
    return only;
  };

  /** The moment of the decision that a question about a size means, and what its size was if it was another. */
  const meant = async (q: Question, cluster: string, target: Target) => {
    const of = { cluster, target };
    const moment = momentOf(q);
    if (q.time.kind !== 'moment' && q.replicas === undefined) return { atSeconds: moment };
    const [then] = (await store.decisions({ ...of, toSeconds: moment + 1e-6, limit: 1 })).items;
    const toSeconds = q.time.kind === 'moment' ? q.time.toSeconds : moment + 1e-6;
    const changes = (await store.decisions({ ...of, outcome: 'scaled', toSeconds, limit: mostSearched }))
      .items;
    const within = changes.filter(({ atSeconds }) => atSeconds >= moment);
    if (q.replicas === undefined) return { atSeconds: within[0]?.atSeconds ?? moment };
    const wanted = q.replicas;
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

  const evidenceOf = async (
    q: Question,
    cluster: string,
    target: Target,
  ): Promise<readonly (Said | Evidence)[]> => {
    const kept = archive(cluster, target);
    const span = spanOf(q);
    switch (q.intent) {
      case 'why': {
        const { atSeconds, mistaken } = await meant(q, cluster, target);
        return [...(mistaken === undefined ? [] : [mistaken]), await kept.decision(atSeconds)];
      }
      case 'why-not':
      case 'what-would-it-take':
        return [await kept.gates(momentOf(q))];
      case 'what-happened':
      case 'who':
        return [await kept.history(span.fromSeconds, span.toSeconds)];
      case 'compare':
        return [await kept.others(momentOf(q))];
      case 'regret':
        return [await kept.regret(span.fromSeconds, span.toSeconds)];
      case 'unknown':
        return [howToAsk, await kept.decision(momentOf(q))];
    }
  };

  const answer: Answering['answer'] = async ({ target, question: text, ...asked }) => {
    const { cluster, lastAtSeconds } = await placeOf(target, asked.cluster);
    const askedAt = asked.atSeconds ?? Math.max(now(), lastAtSeconds);
    const question = readQuestion(text, askedAt, timeZone);
    const parts = await evidenceOf(question, cluster, target);
    const ids = parts.flatMap((part) => ('decisions' in part ? part.decisions : []));
    const lines = parts.map((part) => ('decisions' in part ? told(part) : part));
    return {
      asked: { cluster, target, question: text, atSeconds: momentOf(question) },
      question,
      evidence: evidence([understood(question), ...lines], ids),
    };
  };

  return { archive, answer };
};
