// The oxlint configuration: the rules for all files, and for each room the imports it may not have.
import { importableBy, importableByTestsOf, isServerRoom, type Room, specifierOf } from "./rooms.ts";

/**
 * What belongs to tests, and so may use Node, vitest and the rooms beside its own. A room's `testing.ts` is its
 * door for tests, entered as `#room/testing`.
 */
export const TEST_FILES = ["**/*.test.ts", "**/testing.ts", "**/testing/**"];

/** Where code runs once a packet or a record. */
const PER_RECORD_CODE = ["packages/**", "test/**", "bench/**", "apps/server/src/collection/**"];

interface Restriction {
  readonly regex?: string;
  readonly group?: readonly string[];
  readonly message: string;
  readonly allowTypeImports?: boolean;
}

/** Builds the content of .oxlintrc.json. */
export function lintConfig(rooms: readonly Room[]): object {
  return {
    $schema: "./node_modules/oxlint/configuration_schema.json",
    plugins: [
      "eslint",
      "typescript",
      "unicorn",
      "oxc",
      "import",
      "promise",
      "node",
      "vitest",
      "react",
      "jsx-a11y",
    ],
    options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: "error" },
    categories: { correctness: "error", suspicious: "error", perf: "error" },
    ignorePatterns: ["**/node_modules", "**/dist", "**/coverage"],
    env: { es2024: true },
    rules: GENERAL_RULES,
    overrides: [
      ...rooms.flatMap((room) => overridesFor(room, rooms)),
      // Decoders and meters take bytes, offset and length apart: an options object a record is what they must not make.
      { files: PER_RECORD_CODE, rules: { "max-params": ["error", { max: 6 }] } },
      { files: ["**/*.config.ts"], rules: { "import/no-default-export": "off" } },
    ],
  };
}

function overridesFor(room: Room, rooms: readonly Room[]): object[] {
  const pure = !isServerRoom(room);
  const production = [
    closedRooms(room, rooms, importableBy(room, rooms)),
    ...behindADoor(rooms),
    ...packagesOwnedElsewhere(room, rooms),
    ...(pure ? [NODE_MODULES] : []),
    ...(room.runsIn === "browser" ? [CONTRACT_FOR_ITS_TYPES] : []),
  ];
  const tests = [closedRooms(room, rooms, importableByTestsOf(room, rooms))];
  return [
    {
      files: [`${room.path}/**`],
      excludeFiles: [...TEST_FILES, "**/*.config.ts"],
      ...(room.runsIn === "browser" ? { env: { browser: true } } : {}),
      rules: {
        "no-restricted-imports": ["error", { patterns: production }],
        ...(room.runsIn === "browser"
          ? WEB_RULES
          : pure
            ? PURE_RULES
            : room.room === "#cli"
              ? {}
              : { "no-console": "error" }),
      },
    },
    ...(room.nodeDoor === undefined
      ? []
      : [
          {
            files: [`${room.path}/${room.nodeDoor.folder}/**`],
            excludeFiles: TEST_FILES,
            rules: {
              "no-restricted-imports": [
                "error",
                { patterns: production.filter((restriction) => restriction !== NODE_MODULES) },
              ],
            },
          },
        ]),
    {
      files: TEST_FILES.map((pattern) => `${room.path}/${pattern}`),
      rules: { "no-restricted-imports": ["error", { patterns: tests }] },
    },
  ];
}

/** oxlint's expressions know no look-ahead, so the closed doors are listed instead of the open ones. */
function closedRooms(room: Room, rooms: readonly Room[], open: Set<string>): Restriction {
  const closed = rooms
    .filter((other) => !open.has(other.room))
    .map((other) => escape(specifierOf(other.room)));
  const nodeDoors = rooms.flatMap(({ nodeDoor }) => (nodeDoor === undefined ? [] : [`|/${nodeDoor.entry}`]));
  return {
    regex: `^(${closed.join("|")})(/testing${nodeDoors.join("")})?$`,
    message: `The layer table in rooms.json does not let ${room.room} import it.`,
  };
}

function packagesOwnedElsewhere(room: Room, rooms: readonly Room[]): Restriction[] {
  const owned = new Set(rooms.flatMap((other) => other.owns ?? []));
  return [...owned]
    .filter((name) => room.owns?.includes(name) !== true)
    .map((name) => {
      const owners = rooms.filter((other) => other.owns?.includes(name)).map((other) => other.room);
      const modules = escape(name.replace(/\/\*$/, ""));
      return { regex: `^${modules}(/|$)`, message: `Only ${owners.join(" and ")} may import it.` };
    });
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** A group, where a door is named for Node, since the expressions know no exception. */
function behindADoor(rooms: readonly Room[]): Restriction[] {
  const message =
    "A room is entered by its door: import it without a path behind it. Doors called testing are for tests.";
  const nodeDoors = rooms.flatMap(({ room, nodeDoor }) =>
    nodeDoor === undefined ? [] : [`!${specifierOf(room)}/${nodeDoor.entry}`],
  );
  return [
    { regex: "^#[^/]+/", message },
    { group: ["@flowlens/*/**", ...nodeDoors], message },
  ];
}

/** Built-in modules by their bare names are refused everywhere, by unicorn/prefer-node-protocol. */
const NODE_MODULES: Restriction = {
  regex: "^node:",
  message: "Packages are pure: they run in a browser too, and know no Node.",
};

/** Importing a schema would bring the whole of TypeBox into the bundle. */
const CONTRACT_FOR_ITS_TYPES: Restriction = {
  regex: "^@flowlens/contract$",
  allowTypeImports: true,
  message: "The console knows the contract by its types: write import type.",
};

const WEB_RULES = {
  "no-console": "error",
  // Style sheets are imported for what they do.
  "import/no-unassigned-import": "off",
  // Of the time before the automatic JSX runtime.
  "react/react-in-jsx-scope": "off",
  // A chart made of spans is a picture to a screen reader; an img would need a file.
  "jsx-a11y/prefer-tag-over-role": "off",
  // Takes the cell of a table for a control.
  "jsx-a11y/control-has-associated-label": "off",
  // Says only that React's compiler, which is not used, would leave these components alone.
  "react/incompatible-library": "off",
};

const PURE_RULES = {
  // The clock and chance would make the same input give different results.
  "no-restricted-properties": [
    "error",
    { object: "Date", property: "now", message: "Packages have no clock: take the time as an argument." },
    { object: "Math", property: "random", message: "Packages have no chance of their own: take a seed." },
  ],
};

const GENERAL_RULES = {
  eqeqeq: "error",
  // Of Express, which loses what an async handler throws; Fastify answers it.
  "oxc/no-async-endpoint-handlers": "off",
  "max-params": ["error", { max: 3 }],
  "no-var": "error",
  "prefer-const": "error",
  "import/no-commonjs": "error",
  "import/no-cycle": "error",
  "import/no-default-export": "error",
  // A computed import() could enter any room unseen.
  "import/no-dynamic-require": ["error", { esmodule: true }],
  "typescript/consistent-type-imports": ["error", { disallowTypeAnnotations: true }],
  "typescript/no-explicit-any": "error",
  "typescript/no-misused-promises": "error",
  "typescript/only-throw-error": "error",
  "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
  "typescript/use-unknown-in-catch-callback-variable": "error",
  "unicorn/filename-case": ["error", { case: "kebabCase" }],
  "unicorn/prefer-node-protocol": "error",
  // A property is asserted by fast-check, a type by the compiler.
  "vitest/expect-expect": ["error", { assertFunctionNames: ["expect*", "assert*", "fc.assert"] }],
  "vitest/no-focused-tests": "error",
  // A message beside the value is what makes a failing expectation readable.
  "vitest/valid-expect": ["error", { maxArgs: 2 }],

  // Off, each since it calls sound code wrong:
  "import/no-named-as-default-member": "off", // fast-check is used as `fc.property`
  "no-await-in-loop": "off", // migrations and retries are meant to run one after the other
  "no-unmodified-loop-condition": "off", // a callback may modify it
  "oxc/no-map-spread": "off",
  "typescript/consistent-return": "off", // tsc knows which switches are exhaustive
  "typescript/no-unsafe-type-assertion": "off", // what JSON.parse or a driver returns has to be named once
  "typescript/unbound-method": "off", // parts are made by functions (`create…`) and need no `this`
  "unicorn/consistent-function-scoping": "off",
  "unicorn/no-array-reverse": "off",
  "unicorn/no-array-sort": "off", // a typed array is sorted in place on purpose
  "unicorn/prefer-array-flat-map": "off",
  "unicorn/prefer-set-has": "off", // five constants are found faster in an array
  "vitest/no-conditional-expect": "off", // a property may hold under a condition only
};
