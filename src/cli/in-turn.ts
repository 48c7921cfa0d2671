/** Works that take a core each, one after the other. */
export const inTurn = () => {
  let busy: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const job = busy.then(work);
    busy = job.catch(() => {});
    return job;
  };
};

export type InTurn = ReturnType<typeof inTurn>;
