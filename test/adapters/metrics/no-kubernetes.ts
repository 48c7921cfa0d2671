import { systemClock } from '#adapters/clocks/system';

/** For sources that ask no cluster. */
export const noKubernetes = {
  api: {
    server: 'https://nowhere.invalid',
    request: () => Promise.reject(new Error('there is no API server')),
  },
  podsOf: () => Promise.reject(new Error('there is no API server')),
  clock: systemClock(),
};
