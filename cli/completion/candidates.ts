import type { Argument, Command, Option } from 'commander';

export interface Candidate {
  value: string;
  description: string;
}

export interface Completion {
  candidates: Candidate[];
  /** Whether names of files are what is wanted. */
  files: boolean;
}

/** What may stand for an argument, e.g. names of resources. */
export type Values = (argument: Argument, command: Command) => Promise<Candidate[]>;

interface Place {
  command: Command;
  /** Whose value the last word is. */
  option?: Option;
  /** Arguments before the last word. */
  operands: number;
  /** After `--` there are no options. */
  verbatim: boolean;
}

/**
 * What the last of the words may become.
 * @param words those behind the program's name; the last one may be empty
 */
export async function complete(
  program: Command,
  words: readonly string[],
  values: Values,
): Promise<Completion> {
  const last = words.at(-1) ?? '';
  const { candidates, files } = await all(placeOf(program, words.slice(0, -1)), last, values);
  return { files, candidates: candidates.filter(({ value }) => value.startsWith(last)) };
}

async function all(
  { command, option, operands, verbatim }: Place,
  last: string,
  values: Values,
): Promise<Completion> {
  if (option !== undefined)
    return { candidates: plain(option.argChoices ?? []), files: option.flags.includes('<file') };
  if (last.startsWith('-') && !verbatim)
    return {
      files: false,
      candidates: command
        .createHelp()
        .visibleOptions(command)
        .map(({ long, short, description }) => ({ value: long ?? short ?? '', description })),
    };
  if (operands === 0 && command.commands.length > 0)
    return {
      files: false,
      candidates: command
        .createHelp()
        .visibleCommands(command)
        .map((each) => ({ value: each.name(), description: each.description() })),
    };
  const argument =
    command.registeredArguments[operands] ?? command.registeredArguments.findLast((each) => each.variadic);
  if (argument === undefined) return { candidates: [], files: false };
  if (argument.argChoices !== undefined) return { candidates: plain(argument.argChoices), files: false };
  return { candidates: await values(argument, command), files: argument.name().includes('file') };
}

function placeOf(program: Command, words: readonly string[]): Place {
  const place: Place = { command: program, operands: 0, verbatim: false };
  for (const word of words) {
    if (place.option !== undefined) delete place.option;
    else if (word === '--') place.verbatim = true;
    else if (word.startsWith('-') && !place.verbatim) {
      const option = place.command.options.find(({ long, short }) => word === long || word === short);
      if (option?.required === true) place.option = option;
    } else {
      const under = place.operands === 0 && place.command.commands.find((each) => each.name() === word);
      if (under) place.command = under;
      else place.operands += 1;
    }
  }
  return place;
}

function plain(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value, description: '' }));
}
