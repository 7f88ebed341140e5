# One night: how long somebody slept, and how rested they were, 1 (not at all) to 5 (very).
class Night < ApplicationRecord
  validates :date, presence: true, uniqueness: true
  validates :minutes, numericality: { only_integer: true, in: 0..1440 }
  validates :rest, numericality: { only_integer: true, in: 1..5 }

  scope :latest, -> { order(date: :desc).limit(30) }

  # Minutes as people say them: 7 h 05.
  def slept
    format("%d h %02d", *minutes.divmod(60))
  end
end
