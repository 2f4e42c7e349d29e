#pragma once

#include <string>

#include "rolecall/archive/summary.hpp"
#include "rolecall/store/archive.hpp"

// The lines of an archive, each without its end. Writer writes them and Reader expects them, so they cannot differ.

namespace rolecall::archive {

/// {"rolecall":"archive","format":1,"schema":1}
void append_first(std::string& out, int schema);
/// {"table":"roles","columns":["workspace","id",…]}
void append_table(std::string& out, const store::ArchiveTable& table);
/// ["0190…","0191…",null,17]
void append_row(std::string& out, const store::Cells& cells);
/// {"rows":{"workspaces":1,…},"trails":[{"workspace":"0190…","rows":4711,"hash":"…"}],"sha256":"…"}
void append_last(std::string& out, const Summary& summary);

}  // namespace rolecall::archive
