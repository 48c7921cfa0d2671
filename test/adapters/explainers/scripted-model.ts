import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** A request as a server of chat completions gets it. */
export type Asked = {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
  readonly max_tokens?: number;
};
export type Heard = {
  readonly asked: Asked;
  readonly authorization: string | undefined;
  readonly path: string;
};

/** What a script makes the server do next. */
export type Step =
  | { readonly say: string }
  | { readonly call: string; readonly args: unknown }
  | { readonly raw: string }
  | { readonly waitMs: number }
  | { readonly end: 'stop' | 'tool_calls' | 'length' }
  | 'hang'
  | 'cut'
  | 'done';

export type Reply =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | Iterable<Step>;
export type Script = (asked: Asked, nth: number) => Reply;

const pieces = (text: string): readonly string[] => text.match(/\s*\S+/g) ?? [];

/** Text as models send it, word by word, and its proper end. */
export const saying = (text: string): readonly Step[] => [
  ...pieces(text).map((say) => ({ say })),
  { end: 'stop' },
  'done',
];
export const calling = (...calls: readonly (readonly [string, unknown])[]): readonly Step[] => [
  ...calls.map(([call, args]) => ({ call, args })),
  { end: 'tool_calls' },
  'done',
];

const chunk = (model: string, delta: unknown, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: `${model}-1`, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const usage = (model: string, prompt_tokens: number, completion_tokens: number): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: `${model}-1`, choices: [], usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens } })}\n\n`;

/** Resolves to false when nobody listens any more. */
const written = async (response: ServerResponse, text: string): Promise<boolean> => {
  if (response.destroyed) return false;
  if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  return !response.destroyed;
};

const play = async (steps: Iterable<Step>, asked: Asked, response: ServerResponse): Promise<void> => {
  let tokens = 0;
  let calls = 0;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  for (const step of steps) {
    if (step === 'hang') return;
    if (step === 'cut') {
      response.destroy();
      return;
    }
    if (step === 'done') {
      await written(response, usage(asked.model, JSON.stringify(asked.messages).length >> 2, tokens));
      await written(response, 'data: [DONE]\n\n');
      break;
    }
    if ('waitMs' in step) await setTimeout(step.waitMs);
    else {
      const text =
        'raw' in step
          ? step.raw
          : 'end' in step
            ? chunk(asked.model, {}, step.end)
            : 'say' in step
              ? chunk(asked.model, { role: 'assistant', content: step.say })
              : chunk(asked.model, {
                  role: 'assistant',
                  tool_calls: [
                    {
                      index: calls,
                      id: `call_${calls++}`,
                      type: 'function',
                      function: {
                        name: step.call,
                        arguments: typeof step.args === 'string' ? step.args : JSON.stringify(step.args),
                      },
                    },
                  ],
                });
      tokens++;
      if (!(await written(response, text))) return;
      // Each token is a packet of its own, as it is from a model.
      await setTimeout(0);
    }
  }
  response.end();
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

/** A server of OpenAI's chat completions on loopback that does what a script says. */
export const scriptedModel = async (script: Script) => {
  const heard: Heard[] = [];
  let open = 0;
  const server = createServer(async (request, response) => {
    open++;
    response.on('close', () => open--);
    try {
      const asked = JSON.parse(await bodyOf(request)) as Asked;
      heard.push({ asked, authorization: request.headers.authorization, path: request.url! });
      const reply = script(asked, heard.length - 1);
      if ('status' in reply) response.writeHead(reply.status, reply.headers).end(reply.body ?? '{}');
      else await play(reply, asked, response);
    } catch (error) {
      response.destroy(error as Error);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    port,
    /** All requests so far. */
    heard: heard as readonly Heard[],
    /** Answers that have not ended. */
    open: () => open,
    /** Ends them in their midst. */
    cut: (): void => server.closeAllConnections(),
    close: async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
export type ScriptedModel = Awaited<ReturnType<typeof scriptedModel>>;

/** Which of the explainer's three ways of asking this is. */
export const wayOf = ({ messages, tools }: Asked): 'gather' | 'word' | 'rewrite' =>
  tools !== undefined ? 'gather' : messages[0]!.content.startsWith('You correct') ? 'rewrite' : 'word';

/** The data that a request shows the model, as text. */
export const dataOf = ({ messages }: Asked): readonly string[] =>
  [...messages.at(-1)!.content.matchAll(/<data>(.*?)<\/data>/gs)].map(
    ([, json]) => JSON.parse(json!) as string,
  );

/** One that has nothing to look up, says `text`, and says `again` where it is to write anew. */
export const wording =
  (text: string, again = text): Script =>
  (asked) =>
    saying({ gather: 'READY', word: text, rewrite: again }[wayOf(asked)]);
