import { explainerSchema } from '#adapters/explainers/explainer-settings';
import { openExplainer } from '#adapters/explainers/registry';
import type { Answer, Archive, DecisionRecord, Store, Worded } from '#ports';
import { rewordingModel } from '#test/adapters/explainers/rewording-model';
import { type Script, scriptedModel, wording } from '#test/adapters/explainers/scripted-model';
import { counterfactualsOf } from '#test/counterfactuals';
import { answering } from '#workflows/answering';
import { type Lie, liesAbout } from './lies.ts';
import { seededNight } from './seeded-night.ts';

type Told = { readonly answer: Answer; readonly archive: Archive };

/** What the explainer lets through of a model that follows a script, and what that was told of its lies. */
const wordsOf = async (script: Script, { answer, archive }: Told) => {
  const model = await scriptedModel(script);
  // The page is the same on a slow machine.
  const timeLimitSeconds = 300;
  const settings = explainerSchema.parse({
    model: 'scripted',
    apiKey: 'none',
    baseUrl: model.baseUrl,
    timeLimitSeconds,
  });
  const explainer = await openExplainer(settings, {
    now: () => answer.asked.atSeconds,
    retentionSeconds: 86_400,
    explained: () => {},
  });
  const { signal } = new AbortController();
  try {
    const words = await Array.fromAsync(explainer!.word(answer.asked, answer.evidence, archive, signal));
    const sent = model.heard.map(({ asked }) => asked.messages.at(-1)!.content).join('\n');
    const caught = /Not borne out in the last of them: (".*")$/m.exec(sent)?.[1];
    return { words, caught: caught && (JSON.parse(caught) as string) };
  } finally {
    await explainer!.close();
    await model.close();
  }
};

const saidIn = (word: Worded): string =>
  word.kind === 'sentence'
    ? word.text
    : word.kind === 'left-out'
      ? `(left out: ${word.because})`
      : word.because === 'whole'
        ? ''
        : `(ended: ${word.because})`;
const linesOf = (words: readonly Worded[]): string =>
  words
    .map(saidIn)
    .filter((line) => line !== '')
    .join('\n');

const block = (text: string): string => `\`\`\`text\n${text}\n\`\`\``;
/** Links are shown and lead nowhere. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('://', '&#58;//');

const chapter = async (told: Told): Promise<string> => {
  const { words } = await wordsOf(rewordingModel, told);
  const { asked, evidence } = told.answer;
  return `## ${asked.question}\n\nThe record:\n\n${block(evidence.text)}\n\nThe model, after it:\n\n${block(linesOf(words))}`;
};

const row = async ({ kind, lie, truth }: Lie, told: Told): Promise<string> => {
  const { words, caught } = await wordsOf(wording(lie, truth), told);
  const inVain = await wordsOf(wording(lie), told);
  const cells = [kind, lie, caught ?? 'nothing', linesOf(words), linesOf(inVain.words)];
  return `| ${cells.map(cell).join(' | ')} |`;
};

/** The change that took away or added most, which is worth a question. */
const greatestChange = async (store: Store): Promise<DecisionRecord> => {
  const { items } = await store.decisions({ outcome: 'scaled', limit: 100 });
  const steps = ({ decision: { from, to } }: (typeof items)[number]): number => Math.abs(to - from);
  const [greatest] = items.toSorted((a, b) => steps(b) - steps(a));
  return (await store.decision(greatest!.id))!;
};

const intro = `# Five questions, and a model that lies

<!-- drawn by \`make docs\` -->
Three hours of a recorded load (\`llm-diurnal\`, from its sixth hour on) were decided by shadow-q in the simulator, then five questions were asked at their end. First stands the answer of the
record, which needs no model, then what was let through of a model that worded it.

**The model is a scripted one:** a server of the tests that speaks OpenAI's chat completions and says what its script makes of the data that it was sent. It is no measure of how well a language
model writes. All else is real: the record, the questions, the explainer, its checks. So this page is the same at each drawing, and a test holds it to that.`;

const liesIntro = `## A model that lies

Asked the first question, the scripted model says one untrue sentence. Told what is not borne out, it writes it anew once: it comes to its senses, or it lies again.

| kind of lie | the model said | what was caught | told so, it says the truth | told so, it lies again |
| --- | --- | --- | --- | --- |`;

const outro = `What was caught in names and commands is not repeated to who asked. What no checker of figures, names and times can see is said above \`factCheck\` in \`src/core/fact-check.ts\`: whether one thing
caused another, and whether two true things belong together.`;

/** \`docs/transcript.md\`, as a seeded run gives it. */
export const transcriptPage = async (): Promise<string> => {
  const { store, endsAt } = await seededNight();
  try {
    const { answer, archive } = answering({
      store,
      counterfactuals: counterfactualsOf(store),
      timeZone: 'UTC',
      now: () => endsAt,
    });
    const greatest = await greatestChange(store);
    const clock = new Date(greatest.atSeconds * 1000).toISOString().slice(11, 16);
    const questions = [
      `why ${greatest.decision.to} replicas at ${clock}?`,
      'why not fewer?',
      'what would it take to grow?',
      'what happened between 2 and 3?',
      'what would the HPA have done?',
    ];
    const told: Told[] = [];
    for (const question of questions) {
      const one = await answer({ question, atSeconds: endsAt });
      told.push({ answer: one, archive: archive(one.asked.cluster, one.asked.target) });
    }
    const chapters: string[] = [];
    for (const one of told) chapters.push(await chapter(one));
    const rows: string[] = [];
    for (const lie of liesAbout(greatest)) rows.push(await row(lie, told[0]!));
    return `${[intro, ...chapters, `${liesIntro}\n${rows.join('\n')}`, outro].join('\n\n')}\n`;
  } finally {
    await store.close();
  }
};
