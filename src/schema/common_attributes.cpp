#include "rolecall/schema/registry.hpp"

namespace rolecall::schema {
namespace {

Attribute make(std::string name, Type type, Mutability mutability, Returned returned) {
  Attribute attribute;
  attribute.name = std::move(name);
  attribute.type = type;
  attribute.case_exact = true;
  attribute.mutability = mutability;
  attribute.returned = returned;
  return attribute;
}

std::vector<Attribute> make_common_attributes() {
  Attribute schemas = make("schemas", Type::reference, Mutability::read_write, Returned::always);
  schemas.multi_valued = true;
  schemas.required = true;
  schemas.reference_types = {"uri"};

  Attribute id = make("id", Type::string, Mutability::read_only, Returned::always);
  id.required = true;
  id.uniqueness = Uniqueness::server;

  Attribute external_id = make("externalId", Type::string, Mutability::read_write, Returned::by_default);

  Attribute meta = make("meta", Type::complex, Mutability::read_only, Returned::by_default);
  meta.sub_attributes = {
      make("resourceType", Type::string, Mutability::read_only, Returned::by_default),
      make("created", Type::date_time, Mutability::read_only, Returned::by_default),
      make("lastModified", Type::date_time, Mutability::read_only, Returned::by_default),
      make("location", Type::reference, Mutability::read_only, Returned::by_default),
      make("version", Type::string, Mutability::read_only, Returned::by_default),
  };
  return {std::move(schemas), std::move(id), std::move(external_id), std::move(meta)};
}

}  // namespace

const std::vector<Attribute>& common_attributes() {
  static const std::vector<Attribute> kAttributes = make_common_attributes();
  return kAttributes;
}

}  // namespace rolecall::schema
