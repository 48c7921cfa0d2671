import { type AIMessageChunk, HumanMessage, SystemMessage } from '@langchain/core/messages';
import { ChatOpenAICompletions } from '@langchain/openai';
import type { ModelCall } from '#ports';
import type { Allowance } from './allowance.ts';
import { boundedFetch } from './bounded-fetch.ts';
import type { ExplainerSettings } from './explainer-settings.ts';
import { toolDefinitions, type Wanted } from './look-ups.ts';
import { estimatedTokens, modelCall, type OpenCall } from './model-call.ts';
import { ModelFault, modelFault } from './model-fault.ts';
import type { Prompt } from './prompts.ts';

export type Settings = ExplainerSettings & { readonly model: string; readonly apiKey: string };

/** A chunk of a stream takes some 250 bytes a token, most of it names of fields. */
const mostBytes = 4 * 1024 * 1024;
/** Completions, whatever the model is called: other servers speak nothing else. */
const openModel = (settings: Settings, maxTokens: number): ChatOpenAICompletions =>
  new ChatOpenAICompletions({
    model: settings.model,
    maxTokens,
    apiKey: settings.apiKey,
    maxRetries: 0,
    timeout: settings.timeLimitSeconds * 1000,
    configuration: {
      baseURL: settings.baseUrl,
      organization: settings.organization ?? null,
      fetch: boundedFetch(mostBytes),
      // Its log would hold what was sent and said.
      logLevel: 'off',
    },
  });

/** What one answer may still take of the model. */
export type Talk = {
  /** Text as it comes; at its end what tools it wants. Throws a ModelFault. */
  say(
    prompt: Prompt,
    options: { readonly mostTokens: number; readonly tools?: boolean },
  ): AsyncGenerator<string, readonly Wanted[]>;
  /** Nobody listens any more: calls that have not ended end now. */
  close(): void;
};

const spent = (): ModelFault =>
  new ModelFault('budget', 'the tokens of this answer are spent (explanations.tokensPerAnswer)', 'budget');
const tooMuch = (errorType: string): ModelFault =>
  new ModelFault('budget', 'the model said more than it may', errorType);

/** One answer's talk with the model: each call is counted, timed and told. */
export const talkWith = (given: {
  readonly settings: Settings;
  readonly allowance: Allowance;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly called: (call: ModelCall) => void;
}): Talk => {
  const { settings, allowance, now, signal } = given;
  const open = new Set<OpenCall>();
  let left = settings.tokensPerAnswer;

  const ended = (call: ModelCall, tokens: number): void => {
    left -= tokens;
    allowance.spend(tokens);
    given.called(call);
  };

  async function* say(
    { system, user }: Prompt,
    { mostTokens, tools = false }: { readonly mostTokens: number; readonly tools?: boolean },
  ): AsyncGenerator<string, readonly Wanted[]> {
    const asked = estimatedTokens(system.length + user.length);
    const most = Math.min(mostTokens, left - asked);
    if (most < 1) throw spent();
    allowance.request();
    const call = modelCall({ settings, asked, now, ended });
    open.add(call);
    try {
      const messages = [new SystemMessage(system), new HumanMessage(user)];
      const stream = await openModel(settings, most).stream(messages, {
        signal,
        ...(tools && { tools: toolDefinitions, tool_choice: 'auto' }),
      });
      for await (const chunk of stream) {
        call.hear(chunk);
        // Not every server keeps to what it was told.
        if (call.tokens() > most) throw tooMuch('budget');
        if (chunk.text !== '') yield chunk.text;
      }
      signal.throwIfAborted();
      return wantedIn(call.heard());
    } catch (error) {
      const fault = signal.aborted ? stopped(signal) : modelFault(error, now());
      if (fault.errorType === '429') allowance.leaveAlone(fault.retryAfterSeconds);
      call.end(fault.errorType);
      throw fault;
    } finally {
      call.end();
      open.delete(call);
    }
  }

  return {
    say,
    close: () => {
      for (const call of open) call.end(stopped(signal).errorType);
    },
  };
};

const stopped = ({ reason }: AbortSignal): ModelFault =>
  new ModelFault('time', 'the time for this answer was over', isTimeout(reason) ? 'timeout' : 'aborted');
const isTimeout = (reason: unknown): boolean => reason instanceof Error && reason.name === 'TimeoutError';

/** What tools the model wants; throws where it did not come to an end. */
const wantedIn = (whole: AIMessageChunk | undefined): readonly Wanted[] => {
  const reason: unknown = whole?.response_metadata.finish_reason;
  if (whole === undefined || typeof reason !== 'string')
    throw new ModelFault('unreadable', 'the model broke off', 'cut_off');
  if (reason.startsWith('length')) throw tooMuch('length');
  if (reason.startsWith('content_filter'))
    throw new ModelFault('refused', "the model's server held the answer back", 'content_filter');
  return (whole.tool_calls ?? []).map(({ name, args }) => ({ name, args }));
};
