/**
 * Computes arithmetic expressions: times and the formulas of growing ban times (A§1.10, A§3.4, A§7.5).
 * A safe subset of Python's: numbers, operators, conditions, `math.*` and a few functions; nothing else can be reached.
 * @module
 */
import {
  ArithmeticError,
  type ArithmeticNumber,
  type BinaryOperator,
  type Comparison,
  parseArithmetic,
  type Tree,
} from "./arithmetic-syntax.ts";

/** Largest distance of a shift, bits; past it a double has no meaning anyway. */
const MAX_SHIFT_BITS = 1000;

const NO_NAMES: ReadonlyMap<string, number> = new Map();

const int = (value: number): ArithmeticNumber => ({ value, isFloat: false });
const float = (value: number): ArithmeticNumber => ({ value, isFloat: true });

const CONSTANTS: ReadonlyMap<string, ArithmeticNumber> = new Map([
  ["True", int(1)],
  ["False", int(0)],
  ["math.pi", float(Math.PI)],
  ["math.e", float(Math.E)],
  ["math.tau", float(2 * Math.PI)],
  ["math.inf", float(Infinity)],
]);

/** Functions of one number that give a float. */
const FLOAT_FUNCTIONS: ReadonlyMap<string, (value: number) => number> = new Map([
  ["math.exp", Math.exp],
  ["math.expm1", Math.expm1],
  ["math.log1p", Math.log1p],
  ["math.log2", Math.log2],
  ["math.log10", Math.log10],
  ["math.sqrt", Math.sqrt],
  ["math.fabs", Math.abs],
  ["math.sin", Math.sin],
  ["math.cos", Math.cos],
  ["math.tan", Math.tan],
  ["math.atan", Math.atan],
  ["math.sinh", Math.sinh],
  ["math.cosh", Math.cosh],
  ["math.tanh", Math.tanh],
]);

/** Functions of one number that give a whole one. */
const WHOLE_FUNCTIONS: ReadonlyMap<string, (value: number) => number> = new Map([
  ["int", Math.trunc],
  ["math.trunc", Math.trunc],
  ["math.floor", Math.floor],
  ["math.ceil", Math.ceil],
]);

function finite(result: ArithmeticNumber, complaint: string): ArithmeticNumber {
  if (Number.isFinite(result.value)) return result;
  throw new ArithmeticError(complaint);
}

/** A result outside the function's domain is an error in Python, not a NaN or an infinity. */
function mathResult(value: number): ArithmeticNumber {
  if (Number.isNaN(value) || value === -Infinity) throw new ArithmeticError("math domain error");
  return finite(float(value), "math range error");
}

function only(name: string, args: readonly ArithmeticNumber[]): ArithmeticNumber {
  const [first] = args;
  if (first !== undefined && args.length === 1) return first;
  throw new ArithmeticError(`${name}() takes exactly one argument (${args.length} given)`);
}

function extreme(name: "min" | "max", args: readonly ArithmeticNumber[]): ArithmeticNumber {
  const [first, ...rest] = args;
  if (first === undefined) throw new ArithmeticError(`${name} expected at least 1 argument, got 0`);
  if (rest.length === 0) throw new ArithmeticError("'int' object is not iterable");
  const better = name === "min" ? (a: number, b: number) => a < b : (a: number, b: number) => a > b;
  return rest.reduce((best, each) => (better(each.value, best.value) ? each : best), first);
}

function logarithm(args: readonly ArithmeticNumber[]): ArithmeticNumber {
  const [x, base] = args;
  if (x === undefined || args.length > 2) {
    throw new ArithmeticError(`log expected 1 or 2 arguments, got ${args.length}`);
  }
  if (base === undefined) return mathResult(Math.log(x.value));
  if (base.value === 1) throw new ArithmeticError("float division by zero");
  return mathResult(Math.log(x.value) / Math.log(base.value));
}

function call(name: string, args: readonly ArithmeticNumber[]): ArithmeticNumber {
  if (name === "min" || name === "max") return extreme(name, args);
  if (name === "float") return float(only(name, args).value);
  if (name === "abs") {
    const { value, isFloat } = only(name, args);
    return { value: Math.abs(value), isFloat };
  }
  if (name === "math.log") return logarithm(args);
  if (name === "pow" || name === "math.pow") {
    const [base, exponent] = args;
    if (base === undefined || exponent === undefined || args.length !== 2) {
      throw new ArithmeticError(`pow expected 2 arguments, got ${args.length}`);
    }
    const result = power(base, exponent);
    return name === "pow" ? result : float(result.value);
  }
  const toFloat = FLOAT_FUNCTIONS.get(name);
  if (toFloat !== undefined) return mathResult(toFloat(only(name, args).value));
  const toWhole = WHOLE_FUNCTIONS.get(name);
  if (toWhole !== undefined) {
    return finite(int(toWhole(only(name, args).value)), "cannot convert float infinity to integer");
  }
  throw unknownName(name);
}

function unknownName(name: string): ArithmeticError {
  const [head = name, ...tail] = name.split(".");
  if (head === "math" && tail.length > 0) {
    return new ArithmeticError(`module 'math' has no attribute '${tail.join(".")}'`);
  }
  return new ArithmeticError(`name '${head}' is not defined`);
}

function power(left: ArithmeticNumber, right: ArithmeticNumber): ArithmeticNumber {
  if (left.value === 0 && right.value < 0) {
    throw new ArithmeticError("0.0 cannot be raised to a negative power");
  }
  const value = left.value ** right.value;
  if (Number.isNaN(value)) throw new ArithmeticError("complex numbers are not supported");
  const isFloat = left.isFloat || right.isFloat || right.value < 0;
  return finite({ value, isFloat }, "(34, 'Numerical result out of range')");
}

function shift(operator: "<<" | ">>", left: ArithmeticNumber, right: ArithmeticNumber): ArithmeticNumber {
  if (left.isFloat || right.isFloat) {
    const kind = (number: ArithmeticNumber) => (number.isFloat ? "'float'" : "'int'");
    throw new ArithmeticError(
      `unsupported operand type(s) for ${operator}: ${kind(left)} and ${kind(right)}`,
    );
  }
  if (right.value < 0) throw new ArithmeticError("negative shift count");
  if (right.value > MAX_SHIFT_BITS) throw new ArithmeticError("too many digits in integer");
  const factor = 2 ** right.value;
  return int(operator === "<<" ? left.value * factor : Math.floor(left.value / factor));
}

function divide(
  operator: "/" | "//" | "%",
  left: ArithmeticNumber,
  right: ArithmeticNumber,
): ArithmeticNumber {
  const isFloat = left.isFloat || right.isFloat;
  if (right.value === 0) {
    const exact = operator === "//" ? "integer division or modulo by zero" : "integer modulo by zero";
    const rough = operator === "//" ? "float floor division by zero" : "float modulo";
    if (operator === "/") throw new ArithmeticError(isFloat ? "float division by zero" : "division by zero");
    throw new ArithmeticError(isFloat ? rough : exact);
  }
  if (operator === "/") return float(left.value / right.value);
  const quotient = Math.floor(left.value / right.value);
  if (operator === "//") return { value: quotient, isFloat };
  // the remainder has the sign of the divisor, unlike JavaScript's
  const rest = left.value % right.value;
  return { value: rest !== 0 && rest < 0 !== right.value < 0 ? rest + right.value : rest, isFloat };
}

function binary(operator: BinaryOperator, left: ArithmeticNumber, right: ArithmeticNumber): ArithmeticNumber {
  const isFloat = left.isFloat || right.isFloat;
  switch (operator) {
    case "+":
      return { value: left.value + right.value, isFloat };
    case "-":
      return { value: left.value - right.value, isFloat };
    case "*":
      return { value: left.value * right.value, isFloat };
    case "**":
      return power(left, right);
    case "<<":
    case ">>":
      return shift(operator, left, right);
    default:
      return divide(operator, left, right);
  }
}

function holds(operator: Comparison, left: number, right: number): boolean {
  switch (operator) {
    case "<":
      return left < right;
    case ">":
      return left > right;
    case "<=":
      return left <= right;
    case ">=":
      return left >= right;
    case "==":
      return left === right;
    case "!=":
      return left !== right;
  }
}

function compute(tree: Tree, names: ReadonlyMap<string, number>): ArithmeticNumber {
  switch (tree.kind) {
    case "number":
      return tree.number;
    case "name": {
      const given = names.get(tree.name);
      if (given !== undefined) return { value: given, isFloat: !Number.isInteger(given) };
      const constant = CONSTANTS.get(tree.name);
      if (constant !== undefined) return constant;
      throw unknownName(tree.name);
    }
    case "call":
      return call(
        tree.name,
        tree.args.map((arg) => compute(arg, names)),
      );
    case "plus":
      return compute(tree.operand, names);
    case "negate": {
      const { value, isFloat } = compute(tree.operand, names);
      return { value: value === 0 ? 0 : -value, isFloat };
    }
    case "not":
      return int(compute(tree.operand, names).value === 0 ? 1 : 0);
    case "and": {
      const left = compute(tree.left, names);
      return left.value === 0 ? left : compute(tree.right, names);
    }
    case "or": {
      const left = compute(tree.left, names);
      return left.value === 0 ? compute(tree.right, names) : left;
    }
    case "compare": {
      let left = compute(tree.first, names);
      for (const { operator, operand } of tree.rest) {
        const right = compute(operand, names);
        if (!holds(operator, left.value, right.value)) return int(0);
        left = right;
      }
      return int(1);
    }
    case "condition":
      return compute(compute(tree.test, names).value === 0 ? tree.no : tree.yes, names);
    case "binary":
      return binary(tree.operator, compute(tree.left, names), compute(tree.right, names));
  }
}

/**
 * Value of an expression, with Python's idea of whether it is a float.
 *
 * @param names values of names such as `ban.Time`; a whole number counts as an int
 * @throws {ArithmeticError} worded as Python's exception
 */
export function evaluateExact(
  source: string,
  names: ReadonlyMap<string, number> = NO_NAMES,
): ArithmeticNumber {
  const { value, isFloat } = finite(
    compute(parseArithmetic(source), names),
    "(34, 'Numerical result out of range')",
  );
  // there is no whole number -0
  return { value: isFloat ? value : value + 0, isFloat };
}

/**
 * Value of an expression.
 *
 * @param names values of names such as `ban.Time`; a whole number counts as an int
 * @throws {ArithmeticError} worded as Python's exception
 */
export function evaluateArithmetic(source: string, names: ReadonlyMap<string, number> = NO_NAMES): number {
  return evaluateExact(source, names).value;
}
