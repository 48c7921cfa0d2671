import {
  type AIMessageChunk,
  HumanMessage,
  SystemMessage,
  type UsageMetadata,
} from '@langchain/core/messages';
import { ChatOpenAICompletions } from '@langchain/openai';
import type { ModelCall } from '#ports';
import type { Allowance } from './allowance.ts';
import { boundedFetch } from './bounded-fetch.ts';
import type { ExplainerSettings } from './explainer-settings.ts';
import { toolDefinitions, type Wanted } from './look-ups.ts';
import { ModelFault, modelFault } from './model-fault.ts';
import type { Prompt } from './prompts.ts';

export type Settings = ExplainerSettings & { readonly model: string; readonly apiKey: string };

/** A chunk of a stream takes some 250 bytes a token, most of it names of fields. */
const mostBytes = 4 * 1024 * 1024;
/** Of English, as is counted where the server does not tell. */
const charactersPerToken = 4;
const estimated = (characters: number): number => Math.ceil(characters / charactersPerToken);

/** What a server says of its own counts is believed as far as it is a count. */
const counted = (tokens: unknown): number | undefined =>
  Number.isSafeInteger(tokens) && (tokens as number) >= 0 ? (tokens as number) : undefined;

const provider = 'openai';

const portOf = ({ port, protocol }: URL): number => Number(port) || (protocol === 'https:' ? 443 : 80);

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

/** What one answer may still take of the model, and what it has taken. */
export type Talk = {
  /** Text as it comes; at its end what tools it wants. Throws a ModelFault. */
  say(
    prompt: Prompt,
    options: { readonly mostTokens: number; readonly tools?: boolean },
  ): AsyncGenerator<string, readonly Wanted[]>;
};

/** One answer's talk with the model: each call is counted, timed and told. */
export const talkWith = (given: {
  readonly settings: Settings;
  readonly allowance: Allowance;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly called: (call: ModelCall) => void;
}): Talk => {
  const { settings, allowance, now, signal } = given;
  const server = new URL(settings.baseUrl);
  let left = settings.tokensPerAnswer;

  async function* say(
    { system, user }: Prompt,
    { mostTokens, tools = false }: { readonly mostTokens: number; readonly tools?: boolean },
  ): AsyncGenerator<string, readonly Wanted[]> {
    const asked = estimated(system.length + user.length);
    const most = Math.min(mostTokens, left - asked);
    if (most < 1)
      throw new ModelFault(
        'budget',
        'the tokens of this answer are spent (explanations.tokensPerAnswer)',
        'budget',
      );
    allowance.request();
    const startedAt = now();
    let whole: AIMessageChunk | undefined;
    let characters = 0;
    let fault: ModelFault | undefined;
    try {
      const messages = [new SystemMessage(system), new HumanMessage(user)];
      const stream = await openModel(settings, most).stream(messages, {
        signal,
        ...(tools && { tools: toolDefinitions, tool_choice: 'auto' }),
      });
      for await (const chunk of stream) {
        whole = whole === undefined ? chunk : whole.concat(chunk);
        characters += chunk.text.length;
        for (const { args } of chunk.tool_call_chunks ?? []) characters += args?.length ?? 0;
        // Not every server keeps to what it was told.
        if (estimated(characters) > most)
          throw new ModelFault('budget', 'the model said more than it may', 'budget');
        if (chunk.text !== '') yield chunk.text;
      }
      signal.throwIfAborted();
      return endOf(whole);
    } catch (error) {
      fault = signal.aborted ? stopped(signal) : modelFault(error, now());
      if (fault.errorType === '429') allowance.leaveAlone(fault.retryAfterSeconds);
      throw fault;
    } finally {
      const usage = whole?.usage_metadata as UsageMetadata | undefined;
      const inputTokens = counted(usage?.input_tokens);
      const outputTokens = counted(usage?.output_tokens);
      const spent = (inputTokens ?? asked) + (outputTokens ?? estimated(characters));
      left -= spent;
      allowance.spend(spent);
      const { model_name, finish_reason } = whole?.response_metadata ?? {};
      given.called({
        operation: 'chat',
        provider,
        server: { address: server.hostname, port: portOf(server) },
        requestModel: settings.model,
        responseModel: typeof model_name === 'string' ? model_name : undefined,
        startedAt,
        seconds: now() - startedAt,
        inputTokens,
        outputTokens,
        finishReasons: typeof finish_reason === 'string' ? [finish_reason] : undefined,
        errorType: fault?.errorType,
      });
    }
  }
  return { say };
};

const stopped = ({ reason }: AbortSignal): ModelFault =>
  new ModelFault('time', 'the time for this answer was over', isTimeout(reason) ? 'timeout' : 'aborted');
const isTimeout = (reason: unknown): boolean => reason instanceof Error && reason.name === 'TimeoutError';

/** What tools the model wants; throws where it did not come to an end. */
const endOf = (whole: AIMessageChunk | undefined): readonly Wanted[] => {
  const reason: unknown = whole?.response_metadata.finish_reason;
  if (whole === undefined || typeof reason !== 'string')
    throw new ModelFault('unreadable', 'the model broke off', 'cut_off');
  if (reason.startsWith('length'))
    throw new ModelFault('budget', 'the model said more than it may', 'length');
  if (reason.startsWith('content_filter'))
    throw new ModelFault('refused', "the model's server held the answer back", 'content_filter');
  return (whole.tool_calls ?? []).map(({ name, args }) => ({ name, args }));
};
