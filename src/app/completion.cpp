#include "completion.hpp"

#include <CLI/CLI.hpp>
#include <vector>

#include "rolecall/app/version.hpp"

namespace rolecall::app {
namespace {

/// One option as a shell has to know it.
struct Choice {
  std::vector<std::string> names;  ///< with their hyphens
  std::string help;
  bool takes_value = false;
  bool takes_file = false;
  std::vector<std::string> values;  ///< all that it takes; empty: any
};

/// One place in the tree: "" for the program, "/users", "/users/list".
struct Node {
  std::string path;
  std::vector<std::pair<std::string, std::string>> verbs;  ///< name and help
  std::vector<Choice> options;
};

/// CLI11 names a fixed set of values in the type: "TEXT:{table,json}".
std::vector<std::string> values_in(const std::string& type) {
  std::vector<std::string> values;
  const auto begin = type.find('{');
  const auto end = type.find('}');
  if (begin == std::string::npos || end == std::string::npos) return values;
  std::string_view rest = std::string_view(type).substr(begin + 1, end - begin - 1);
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    values.emplace_back(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return values;
}

Choice choice_of(const CLI::Option& option) {
  Choice choice;
  for (const std::string& name : option.get_snames()) choice.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) choice.names.push_back("--" + name);
  choice.help = option.get_description();
  choice.takes_value = option.get_items_expected_max() > 0;
  const std::string type = option.get_type_name();
  choice.values = values_in(type);
  const std::string& long_name = choice.names.empty() ? choice.help : choice.names.back();
  choice.takes_file = type.find("FILE") != std::string::npos || long_name == "--file" || long_name == "--out" ||
                      long_name == "--config" || long_name == "--data";
  return choice;
}

/// Breadth first: the tree is as deep as nouns and verbs go.
std::vector<Node> nodes_of(CLI::App& root) {
  std::vector<Node> nodes;
  std::vector<std::pair<std::string, CLI::App*>> open{{"", &root}};
  for (std::size_t at = 0; at < open.size(); ++at) {
    const auto [path, app] = open[at];
    Node node;
    node.path = path;
    for (const CLI::Option* option : app->get_options()) {
      if (!option->get_positional()) node.options.push_back(choice_of(*option));
    }
    for (CLI::App* verb : app->get_subcommands([](CLI::App*) { return true; })) {
      node.verbs.emplace_back(verb->get_name(), verb->get_description());
      open.emplace_back(path + "/" + verb->get_name(), verb);
    }
    nodes.push_back(std::move(node));
  }
  return nodes;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : std::string(between)) + word;
  return all;
}

/// In single quotes, as all three shells read them.
std::string quoted(const std::string& text, bool is_fish) {
  std::string out = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      out += is_fish ? "\\'" : "'\\''";
    } else if (letter == '\\' && is_fish) {
      out += "\\\\";
    } else {
      out += letter;
    }
  }
  return out + "'";
}

/// For `case` of bash and zsh: `/users/list:--limit|…`; the options of the program count everywhere.
std::string patterns_of(const Node& node, const Choice& choice) {
  std::vector<std::string> patterns;
  for (const std::string& name : choice.names) patterns.push_back((node.path.empty() ? "*" : node.path) + ":" + name);
  return joined(patterns, "|");
}

/// The parts that bash and zsh share: what stands where, by `$path` and `$previous`.
std::string cases_of(const std::vector<Node>& nodes) {
  std::string paths;
  std::string words;
  std::string values;
  for (const Node& node : nodes) {
    std::vector<std::string> names;
    for (const auto& [verb, help] : node.verbs) names.push_back(verb);
    std::vector<std::string> options;
    for (const Choice& choice : node.options) {
      options.push_back(joined(choice.names, " "));
      if (!choice.takes_value) continue;
      values += "    " + patterns_of(node, choice) + ") kind=" + (choice.takes_file ? "file" : "value") +
                " values=" + quoted(joined(choice.values, " "), false) + " ;;\n";
    }
    if (!node.path.empty()) paths += (paths.empty() ? "" : "|") + node.path;
    words += "    " + quoted(node.path, false) + ") verbs=" + quoted(joined(names, " "), false) +
             " flags=" + quoted(joined(options, " "), false) + " ;;\n";
  }
  return "_rolecall_is_path() {\n  case $1 in\n    " + paths +
         ") return 0 ;;\n  esac\n  return 1\n}\n"
         "# What the option $2 of the verb at $1 takes.\n"
         "_rolecall_value() {\n  kind='' values=''\n  case $1:$2 in\n" +
         values + "  esac\n}\n# What can stand at $1.\n_rolecall_words() {\n  verbs='' flags=''\n  case $1 in\n" +
         words + "  esac\n}\n";
}

constexpr std::string_view kBash = R"(# Finds the verb among the words before the cursor, then offers what fits.
_rolecall() {
  local kind values verbs flags path='' previous='' word i current=${COMP_WORDS[COMP_CWORD]} at=$COMP_CWORD
  [[ $current == '=' ]] && current=''
  for ((i = 1; i < at; i++)); do
    word=${COMP_WORDS[i]}
    [[ $word == '=' ]] && continue
    if [[ -n $previous ]]; then
      previous=''
    elif [[ $word == -* ]]; then
      _rolecall_value "$path" "$word"
      [[ -n $kind ]] && previous=$word
    elif _rolecall_is_path "$path/$word"; then
      path=$path/$word
    fi
  done
  COMPREPLY=()
  if [[ -n $previous ]]; then
    _rolecall_value "$path" "$previous"
    if [[ -n $values ]]; then
      mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
    elif [[ $kind == file ]]; then
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      compopt -o filenames 2>/dev/null
    fi
    return 0
  fi
  _rolecall_words "$path"
  if [[ $current == -* ]]; then
    local own=$flags
    _rolecall_words ''
    mapfile -t COMPREPLY < <(compgen -W "$own $flags" -- "$current" | sort -u)
  else
    mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$current")
  fi
  return 0
}
complete -F _rolecall rolecall
)";

constexpr std::string_view kZsh = R"(# Finds the verb among the words before the cursor, then offers what fits.
_rolecall() {
  emulate -L zsh
  local kind values verbs flags own path_='' previous='' word i
  for ((i = 2; i < CURRENT; i++)); do
    word=${words[i]}
    if [[ -n $previous ]]; then
      previous=''
    elif [[ $word == -* ]]; then
      _rolecall_value "$path_" "$word"
      [[ -n $kind ]] && previous=$word
    elif _rolecall_is_path "$path_/$word"; then
      path_=$path_/$word
    fi
  done
  if [[ -n $previous ]]; then
    _rolecall_value "$path_" "$previous"
    if [[ -n $values ]]; then
      compadd -- ${=values}
    elif [[ $kind == file ]]; then
      _files
    fi
    return 0
  fi
  _rolecall_words "$path_"
  own=$flags
  if [[ ${words[CURRENT]} == -* ]]; then
    _rolecall_words ''
    compadd -- ${=own} ${=flags}
  else
    compadd -- ${=verbs}
  fi
}
if [[ ${funcstack[1]} == _rolecall ]]; then
  _rolecall "$@"
else
  compdef _rolecall rolecall
fi
)";

constexpr std::string_view kFishStart = R"(# Whether the words before the cursor lead to one of these verbs.
function __rolecall_at
    set -l place ''
    set -l skip 0
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
        else if string match -q -- '-*' $word
            contains -- "$place:$word" $__rolecall_valued; or contains -- ":$word" $__rolecall_valued
            and set skip 1
        else if contains -- "$place/$word" $__rolecall_places
            set place "$place/$word"
        end
    end
    test "$place" = "$argv[1]"
end
complete -c rolecall -f
)";

std::string fish_option(const Node& node, const Choice& choice) {
  std::string line = "complete -c rolecall";
  if (!node.path.empty()) line += " -n \"__rolecall_at " + node.path + "\"";
  for (const std::string& name : choice.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (choice.takes_value) line += choice.takes_file ? " -r -F" : " -x";
  if (!choice.values.empty()) line += " -a " + quoted(joined(choice.values, " "), true);
  return line + " -d " + quoted(choice.help, true) + "\n";
}

std::string fish(const std::vector<Node>& nodes) {
  std::string places = "set -g __rolecall_places";
  std::string valued = "set -g __rolecall_valued";
  std::string lines;
  for (const Node& node : nodes) {
    if (!node.path.empty()) places += " " + node.path;
    for (const auto& [verb, help] : node.verbs) {
      lines += "complete -c rolecall -n \"__rolecall_at '" + node.path + "'\" -a " + quoted(verb, true) + " -d " +
               quoted(help, true) + "\n";
    }
    for (const Choice& choice : node.options) {
      lines += fish_option(node, choice);
      if (!choice.takes_value) continue;
      for (const std::string& name : choice.names) valued += " " + quoted(node.path + ":" + name, true);
    }
  }
  return places + "\n" + valued + "\n" + std::string(kFishStart) + lines;
}

}  // namespace

std::string completion_for(std::string_view shell, CLI::App& root) {
  const auto nodes = nodes_of(root);
  const std::string title = "completion of rolecall " + std::string(version()) + "\n";
  if (shell == "fish") return "# " + title + fish(nodes);
  if (shell == "zsh") return "#compdef rolecall\n# " + title + cases_of(nodes) + std::string(kZsh);
  return "# " + title + cases_of(nodes) + std::string(kBash);
}

}  // namespace rolecall::app
