import { ModelFault } from './model-fault.ts';

const tooLarge = (mostBytes: number): ModelFault =>
  new ModelFault('unreadable', `the model sent more than ${mostBytes} bytes`, 'too_large');

/** No answer grows beyond `mostBytes`, and none comes from elsewhere than was asked. */
export const boundedFetch =
  (mostBytes: number): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'error' });
    if (response.body === null) return response;
    let bytes = 0;
    const bounded = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        bytes += chunk.length;
        if (bytes > mostBytes) throw tooLarge(mostBytes);
        controller.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(bounded), { status, statusText, headers });
  };
