import { expect, it } from 'vitest';
import { record, startAt, target } from '#test/make';
import { records, world } from './world.ts';

type Page = { readonly items: readonly { readonly id: string }[]; readonly next?: string };

const kept = records(10);
const newestFirst = kept.map(({ id }) => id).toReversed();

const list = async (query: string): Promise<readonly string[]> => {
  const answer = await (await world(kept)).app().request(`/api/v1/decisions${query}`);
  const page = (await answer.json()) as Page;
  return page.items.map(({ id }) => id);
};

it('lists decisions from the newest to the oldest', async () => {
  expect(await list('')).toEqual(newestFirst);
});

it('gives every decision exactly once over the pages', async () => {
  const app = (await world(kept)).app();
  const seen: string[] = [];
  for (let next: string | undefined = ''; next !== undefined; ) {
    const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`;
    const page = (await (await app.request(`/api/v1/decisions?limit=3${cursor}`)).json()) as Page;
    seen.push(...page.items.map(({ id }) => id));
    next = page.next;
  }
  expect(seen).toEqual(newestFirst);
});

it('filters by change, outcome and target', async () => {
  // Of 0…9 every third grows: 0, 3, 6, 9.
  const grown = [9, 6, 3, 0].map((i) => kept[i]!.id);
  expect(await list('?changed=true')).toEqual(grown);
  expect(await list('?outcome=scaled')).toEqual(grown);
  expect(await list('?target=default/Deployment/web&limit=1')).toEqual([newestFirst[0]]);
  expect(await list('?target=default/Deployment/other')).toEqual([]);
});

it('takes a time as RFC 3339 or as Unix seconds', async () => {
  const at = startAt + 25;
  const byNumber = await list(`?from=${at}`);
  expect(byNumber).toEqual(newestFirst.slice(0, 5));
  expect(await list(`?from=${new Date(at * 1000).toISOString()}`)).toEqual(byNumber);
});

it('shows a decision whole', async () => {
  const one = kept[3]!;
  const answer = await (await world(kept)).app().request(`/api/v1/decisions/${one.id}`);
  expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(one)));
});

it('lets no name steer a page or a terminal', async () => {
  const one = record({ target: target('\u001b[2J<script>') });
  const asJson = await (await world([one])).app().request(`/api/v1/decisions/${one.id}`);
  expect(asJson.headers.get('Content-Type')).toBe('application/json');
  expect(asJson.headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(await asJson.text()).not.toContain('\u001b');
});

it('lists the targets of which decisions are kept', async () => {
  const answer = await (await world(kept)).app().request('/api/v1/targets');
  expect(await answer.json()).toMatchObject({
    items: [{ target: target(), policy: 'shadow-q', decisions: 10 }],
  });
});

it.each([
  ['/api/v1/decisions/nonsense', 400],
  ['/api/v1/decisions/%00', 400],
  ['/api/v1/decisions/019b8d3c-0000-7000-8000-00000000ffff', 404],
  ['/api/v1/decisions/019b8d3c-0000-7000-8000-00000000ffff/explanation', 404],
  ['/api/v1/decisions?cursor=nonsense', 400],
  ['/api/v1/decisions?cursor=%F0%9F%98%80', 400],
  ['/api/v1/decisions?limit=0', 400],
  ['/api/v1/decisions?limit=201', 400],
  ['/api/v1/decisions?limit=1&limit=2', 400],
  ['/api/v1/decisions?from=yesterday', 400],
  ['/api/v1/decisions?from=1767571200000', 400],
  ['/api/v1/decisions?target=web', 400],
  ['/api/v1/decisions?outcom=held', 400],
])('answers %s with a %d that says what mends it', async (path, status) => {
  const answer = await (await world(kept)).app().request(path);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
  expect(await answer.json()).toMatchObject({ status, detail: expect.stringMatching(/./) });
});

it('names every fault of a query at once', async () => {
  const answer = await (await world()).app().request('/api/v1/decisions?limit=x&from=x&outcome=x&what=x');
  const { errors } = (await answer.json()) as { errors: readonly { path: string }[] };
  expect(errors.map(({ path }) => path).toSorted()).toEqual([
    'query',
    'query.from',
    'query.limit',
    'query.outcome',
  ]);
});
