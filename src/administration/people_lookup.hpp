#pragma once

#include <string>
#include <vector>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

/// People that a name may mean: a login, a work email or the provider's id. Of several more than one.
[[nodiscard]] Result<std::vector<store::PersonRecord>> people_named(const Environment& environment,
                                                                    store::Workspace& workspace,
                                                                    const std::string& name);
[[nodiscard]] tl::unexpected<Error> several_people(const std::string& name);

}  // namespace rolecall::administration
