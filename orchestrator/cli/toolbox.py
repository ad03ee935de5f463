"""``smartedit tools``: every deterministic tool with its parameters."""

from __future__ import annotations

from typing import Annotated, Any

import typer


def tools(
    name: Annotated[str, typer.Argument(help="Only this one.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """List the tools a plan may name as 'tool:NAME', with their parameters."""
    from orchestrator.cli.console import out, print_json
    from tools.registry import get_tool, tool_names

    chosen = [get_tool(one) for one in ([name] if name else tool_names())]
    if as_json:
        print_json(
            {
                tool.name: {
                    "version": tool.version,
                    "kind": tool.kind,
                    "summary": tool.summary,
                    "parameters": tool.args.model_json_schema().get("properties", {}),
                }
                for tool in chosen
            }
        )
        return
    console = out()
    for tool in chosen:
        console.print(f"[bold]{tool.name}[/] [dim]v{tool.version} {tool.kind}[/]  {tool.summary}")
        for field, schema in tool.args.model_json_schema().get("properties", {}).items():
            console.print(f"    {field}  {_type(schema)}", markup=False, style="dim")


def _type(schema: dict[str, Any]) -> str:
    """Type, bounds, default and meaning of one parameter in a line."""
    options = schema.get("anyOf", [schema])
    kinds = [_one(option) for option in options if option.get("type") != "null"]
    text = " or ".join(kind for kind in kinds if kind)
    if "default" in schema and schema["default"] is not None:
        text += f", default {schema['default']!r}"
    if schema.get("description"):
        text += f": {schema['description']}"
    return text


def _one(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(repr(value) for value in schema["enum"])
    if "const" in schema:
        return repr(schema["const"])
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    kind = str(schema.get("type", ""))
    return f"{kind} [{low}, {high}]" if low is not None or high is not None else kind
