# What every model has in common.
class ApplicationRecord < ActiveRecord::Base
  primary_abstract_class
end
