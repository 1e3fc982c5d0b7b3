// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/hub_source.h"

#include "core/http/url.h"
#include "hub-client/hub/hub_error.h"

namespace sigstore::hub {

std::string HubSource::name_of(std::size_t file) const {
  return concat(repo_.path(), "@", commit_.id.to_hex().substr(0, 7), ": ",
                paths_[file]);
}

Result<ContentRequest> HubSource::first(std::size_t file) const {
  ContentRequest request;
  request.url = options_.endpoint.resolve(repo_, commit_, paths_[file]);
  if (!options_.token.empty() && options_.endpoint.may_see_token(request.url))
    request.headers.push_back(options_.token.authorization());
  return request;
}

Result<ContentRequest> HubSource::follow(std::size_t file,
                                         const ContentRequest& asked,
                                         std::string_view location) const {
  ContentRequest next;
  TRY_ASSIGN(
      next.url,
      options_.endpoint.follow(asked.url, location).context(name_of(file)));
  if (options_.endpoint.may_see_token(next.url)) next.headers = asked.headers;
  return next;
}

Error HubSource::refusal(std::size_t file, const ContentRequest& asked,
                         const http::Response& answer) const {
  if (options_.endpoint.is_here(asked.url))
    return hub_error({name_of(file), options_.endpoint.page(repo_), true},
                     answer);
  return fail(ErrorKind::network, name_of(file), ": ",
              http::origin_of(asked.url), " answers with status ",
              answer.status);
}

}  // namespace sigstore::hub
