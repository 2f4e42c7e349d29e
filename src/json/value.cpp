#include "rolecall/json/value.hpp"

#include <algorithm>

#include "rolecall/base/text.hpp"

namespace rolecall::json {

Object::Object() = default;
Object::Object(std::initializer_list<Member> members) : members_(members) {}
Object::Object(const Object&) = default;
Object::Object(Object&&) noexcept = default;
Object& Object::operator=(const Object&) = default;
Object& Object::operator=(Object&&) noexcept = default;
Object::~Object() = default;

const Value* Object::find(std::string_view name) const {
  for (const Member& member : members_) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

Value* Object::find(std::string_view name) { return const_cast<Value*>(std::as_const(*this).find(name)); }

const Value* Object::find_ignoring_case(std::string_view name) const {
  for (const Member& member : members_) {
    if (equals_ignoring_ascii_case(member.first, name)) return &member.second;
  }
  return nullptr;
}

Value* Object::find_ignoring_case(std::string_view name) {
  return const_cast<Value*>(std::as_const(*this).find_ignoring_case(name));
}

void Object::set(std::string name, Value value) {
  if (Value* existing = find(name); existing != nullptr) {
    *existing = std::move(value);
  } else {
    append(std::move(name), std::move(value));
  }
}

void Object::append(std::string name, Value value) { members_.emplace_back(std::move(name), std::move(value)); }

bool Object::erase(std::string_view name) {
  const auto found =
      std::find_if(members_.begin(), members_.end(), [&](const Member& member) { return member.first == name; });
  if (found == members_.end()) return false;
  members_.erase(found);
  return true;
}

bool Object::empty() const { return members_.empty(); }
std::size_t Object::size() const { return members_.size(); }
std::vector<Object::Member>::const_iterator Object::begin() const { return members_.begin(); }
std::vector<Object::Member>::const_iterator Object::end() const { return members_.end(); }
std::vector<Object::Member>::iterator Object::begin() { return members_.begin(); }
std::vector<Object::Member>::iterator Object::end() { return members_.end(); }
void Object::reserve(std::size_t count) { members_.reserve(count); }

bool Object::operator==(const Object& other) const {
  if (size() != other.size()) return false;
  // Every pair of values is compared once only: trying one order and then another would double at each level.
  const auto same_name = [](const Member& a, const Member& b) { return a.first == b.first; };
  if (std::equal(members_.begin(), members_.end(), other.members_.begin(), same_name)) {
    return std::equal(members_.begin(), members_.end(), other.members_.begin());
  }
  // Sorted views instead of a look-up per member: two objects of 10^5 members must not cost 10^10 steps.
  const auto sorted = [](const std::vector<Member>& members) {
    std::vector<const Member*> view;
    view.reserve(members.size());
    for (const Member& member : members) view.push_back(&member);
    std::sort(view.begin(), view.end(), [](const Member* a, const Member* b) { return a->first < b->first; });
    return view;
  };
  const auto mine = sorted(members_);
  const auto theirs = sorted(other.members_);
  return std::equal(mine.begin(), mine.end(), theirs.begin(),
                    [](const Member* a, const Member* b) { return *a == *b; });
}

}  // namespace rolecall::json
