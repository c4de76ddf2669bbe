import { defineSignal, defineUpdate, log, setHandler } from '@temporalio/workflow';
import { CONTROLS } from '../contract/control.ts';

/** Something that a run can be asked for. */
interface Control<Argument> {
  /** What is wrong with the argument; undefined when nothing is. */
  problem: (argument: Argument) => string | undefined;
  /** @returns what comes of it, for people */
  perform: (argument: Argument) => string;
}

/** Answers the update and takes the signal of a name. What is wrong with a signal is logged: nobody waits for an answer. */
export function handle<Argument>(name: keyof typeof CONTROLS, { problem, perform }: Control<Argument>): void {
  setHandler(defineUpdate<string, [Argument]>(name), perform, {
    validator(argument) {
      const wrong = problem(argument);
      if (wrong !== undefined) throw new Error(wrong);
    },
  });
  setHandler(defineSignal<[Argument]>(name), (argument) => {
    const wrong = problem(argument);
    if (wrong === undefined) log.info(`${name}: ${perform(argument)}`);
    else log.warn(`${name} is refused`, { reason: wrong });
  });
}
