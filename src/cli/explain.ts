import { Command } from 'commander';
import type { Meant } from '#cli/kept-decision';
import type { Target } from '#core/model';
import { longestQuestion } from '#core/question';
import { isUuid } from '#core/uuid';
import type { Store } from '#ports';
import type { Answering } from '#workflows/answering';
import { targetArgument, timeArgument } from './arguments.ts';
import type { CommandMaker } from './commands.ts';
import { answerTold, printTold, type Told } from './told.ts';

type Options = { readonly target?: Target; readonly cluster?: string; readonly at?: number };

const decided = async (store: Store, answers: Answering, meant: Meant): Promise<Told> => {
  const { keptDecision } = await import('#cli/kept-decision');
  const record = await keptDecision(store, meant);
  const { text, facts, decisions } = await answers.explain(record);
  return { text, json: { id: record.id, text, facts, decisions, record } };
};

/** Why it was decided so, or an answer to a question, from the records alone. */
export const explainCommand: CommandMaker = (frame) => {
  const command = new Command('explain')
    .description(
      'say why a decision fell as it did, or answer a question; without either, the newest decision',
    )
    .argument('[id-or-question...]', 'of a decision, as history shows it, or "why 7 replicas at 02:14?"')
    .option('--target <target>', 'of NAME or NAMESPACE/KIND/NAME; absent: the only one', targetArgument)
    .option('--cluster <name>', 'of this cluster, where several have one of that name')
    .option('--at <time>', 'the newest at, or asked at, this time (Unix seconds or RFC 3339)', timeArgument);
  return command.action(async (words: readonly string[], { target, cluster, at }: Options) => {
    const isId = words.length === 1 && isUuid(words[0]!);
    if (isId && (target ?? cluster ?? at) !== undefined)
      command.error('error: an id already names one decision: leave --target, --cluster and --at out', {
        exitCode: 2,
      });
    const question = isId ? '' : words.join(' ').trim();
    if (question.length > longestQuestion)
      command.error(`error: a question may have ${longestQuestion} characters, this has ${question.length}`, {
        exitCode: 2,
      });
    const config = await frame.config();
    const [{ keptAnswers }, { withKept }] = await Promise.all([import('#cli/answers'), import('#cli/kept')]);
    const told = await withKept(config, (store) => {
      const answers = keptAnswers(config, store, frame.signal);
      return question === ''
        ? decided(store, answers, { id: isId ? words[0] : undefined, target, cluster, at })
        : answerTold(store, answers, { question, target, cluster, atSeconds: at });
    });
    printTold(frame, told);
  });
};
